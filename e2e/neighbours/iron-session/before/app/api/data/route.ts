import { getSession } from '@/lib/get-session';

export async function GET() {
  return Response.json(await getSession());
}
