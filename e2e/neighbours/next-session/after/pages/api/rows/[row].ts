import type { NextApiRequest, NextApiResponse } from 'next';
import { rows } from '@/lib/rows';

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const value = await rows[Number(req.query.row)]?.({ req, res });
  res.json({ value: value ?? null });
}
