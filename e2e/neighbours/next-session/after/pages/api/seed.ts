import type { NextApiRequest, NextApiResponse } from 'next';
import { session } from '@/lib/session';

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  await session(req, res).setAll(req.body);
  res.json({});
}
