import { session } from '../../../lib/session';

/** Step 4: with the response, a visitor without a session gets one. */
export default async function handler(req, res) {
  await session(req, res).update((data) => ({ ...data, counter: (data.counter ?? 0) + 1 }));
  res.json({ counter: await session(req, res).get('counter') });
}
