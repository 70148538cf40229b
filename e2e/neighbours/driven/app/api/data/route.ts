import { session } from '@/lib/session';

export async function GET() {
  return Response.json(await session().all());
}
