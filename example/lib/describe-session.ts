import { createHash } from 'node:crypto';
import type { SessionHandler } from 'next-app-session';
import type { SessionData } from './session-options';

/** What the session panel shows. It goes to the browser, so it holds a fingerprint of the ID, never the ID. */
export type SessionSummary = {
  data: Partial<SessionData>;
  fingerprint: string | null;
  createdAt: number | null;
  expiresAt: number | null;
};

/** However many of these calls a request makes, the store is read once. */
export async function describeSession(session: SessionHandler<SessionData>): Promise<SessionSummary> {
  const [data, info, id] = await Promise.all([session.all(), session.info(), session.id()]);
  return {
    data,
    fingerprint: id && createHash('sha256').update(`fingerprint ${id}`).digest('hex').slice(0, 6),
    createdAt: info?.createdAt ?? null,
    expiresAt: info?.expiresAt ?? null,
  };
}
