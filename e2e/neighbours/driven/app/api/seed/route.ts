import { session } from '@/lib/session';

export async function POST(request: Request) {
  await session().setAll(await request.json());
  return Response.json({});
}
