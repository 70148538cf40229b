import type { NextApiRequest, NextApiResponse } from 'next';
import { session } from '@/lib/session';

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  res.json(await session(req, res).all());
}
