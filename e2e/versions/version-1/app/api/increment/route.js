import { session } from '../../../lib/session';

export async function POST() {
  const counter = Number((await session().get('counter')) ?? 0) + 1;
  await session().set('counter', counter);
  return Response.json({ counter: await session().get('counter') });
}
