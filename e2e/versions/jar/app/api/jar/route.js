import { cookies } from 'next/headers';
import { useJar } from '../../../lib/jar-script';

export async function GET() {
  return Response.json(useJar(await cookies()));
}
