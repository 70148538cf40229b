import { session } from '../../../lib/session';

/** Step 5: a new ID at sign-in. */
export async function POST(request) {
  const { user } = await request.json();
  await session().regenerate((data) => ({ ...data, user }));
  return Response.json('Signed in');
}
