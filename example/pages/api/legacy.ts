import type { NextApiRequest, NextApiResponse } from 'next';
import { isCrossOrigin } from '@/lib/cross-origin';
import { session } from '@/lib/session';

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  if (req.method !== 'DELETE') return res.setHeader('Allow', 'DELETE').status(405).end();
  const headers = new Headers(req.headers as Record<string, string>);
  if (isCrossOrigin({ headers })) return res.status(403).end();
  await session(req, res).destroy('legacyVisits');
  return res.status(204).end();
}
