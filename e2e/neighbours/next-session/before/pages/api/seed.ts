import type { NextApiRequest, NextApiResponse } from 'next';
import { getSession } from '@/lib/get-session';

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  Object.assign(await getSession(req, res), req.body);
  res.json({});
}
