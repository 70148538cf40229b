import type { NextApiRequest, NextApiResponse } from 'next';
import { getSession } from '@/lib/get-session';
import { rows } from '@/lib/rows';

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const session = await getSession(req, res);
  const value = await rows[Number(req.query.row)]?.({ session });
  res.json({ value: value ?? null });
}
