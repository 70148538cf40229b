import type { NextApiRequest, NextApiResponse } from 'next';
import { getSession } from '@/lib/get-session';

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const { cookie: _, __session: __, ...data } = await getSession(req, res);
  res.json(data);
}
