import { session } from '../../../lib/session';

export async function POST(request) {
  const { user } = await request.json();
  await session().set('user', user);
  return Response.json('Signed in');
}
