import { saved, session } from '../../lib/session';

export default async function handler(req, res) {
  res.json({ n: await session(req, res).get('n'), saved });
}
