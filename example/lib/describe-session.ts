import type { SessionHandler } from 'next-app-session';
import { fingerprint } from './fingerprint';
import type { SessionData } from './session-options';

/** What the session panel shows. It goes to the browser, so it holds fingerprints of the ID and of tokens, never these. */
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
    data: withoutSecrets(data),
    fingerprint: id && fingerprint(id),
    createdAt: info?.createdAt ?? null,
    expiresAt: info?.expiresAt ?? null,
  };
}

function withoutSecrets({ tokens, oauth, ...data }: Partial<SessionData>): Partial<SessionData> {
  return {
    ...data,
    ...(tokens && { tokens: fingerprints(tokens) }),
    ...(oauth && { oauth: fingerprints(oauth) }),
  };
}

/** The same object, with a fingerprint in place of each text. */
function fingerprints<T extends object>(secrets: T): T {
  const shown = Object.entries(secrets).map(([key, value]) => [
    key,
    typeof value === 'string' ? `#${fingerprint(value)}` : value,
  ]);
  return Object.fromEntries(shown);
}
