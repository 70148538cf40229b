import { session } from '@/lib/session';

export async function GET() {
  return Response.json({ value: await session().get('userId') });
}
