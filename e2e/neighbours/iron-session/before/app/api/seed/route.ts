import { getSession } from '@/lib/get-session';

export async function POST(request: Request) {
  const session = await getSession();
  Object.assign(session, await request.json());
  await session.save();
  return Response.json({});
}
