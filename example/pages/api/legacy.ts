import type { NextApiRequest, NextApiResponse } from 'next';
import { isCrossSite } from '@/lib/cross-site';
import { session } from '@/lib/session';

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  if (req.method !== 'DELETE') return res.setHeader('Allow', 'DELETE').status(405).end();
  if (isCrossSite(req.headers['sec-fetch-site']?.toString())) return res.status(403).end();
  await session(req, res).destroy('legacyVisits');
  return res.status(204).end();
}
