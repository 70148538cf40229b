import { getSession } from '@/lib/get-session';

export async function POST(request: Request) {
  const session = await getSession();
  session.user = (await request.json()).name;
  await session.save();
  return Response.json({});
}

export async function DELETE() {
  (await getSession()).destroy();
  return Response.json({});
}
