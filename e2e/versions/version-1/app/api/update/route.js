import { session } from '../../../lib/session';

export async function PUT(request) {
  const { fullName } = await request.json();
  await session().set('fullName', fullName);
  return Response.json('Updated');
}
