import { session } from '../../../lib/session';

export default async function handler(req, res) {
  const counter = Number((await session(req).get('counter')) ?? 0) + 1;
  await session(req).set('counter', counter);
  res.json({ counter });
}
