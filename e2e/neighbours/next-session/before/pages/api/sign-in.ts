import type { NextApiRequest, NextApiResponse } from 'next';
import { getSession } from '@/lib/get-session';

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const session = await getSession(req, res);
  if (req.method === 'DELETE') await session.destroy();
  else session.user = req.body.name;
  res.json({});
}
