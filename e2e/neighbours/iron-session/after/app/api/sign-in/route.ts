import { session } from '@/lib/session';

export async function POST(request: Request) {
  const { name } = await request.json();
  await session().regenerate((data) => ({ ...data, user: name }));
  return Response.json({});
}

export async function DELETE() {
  await session().destroy();
  return Response.json({});
}
