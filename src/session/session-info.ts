import type { StoredSession } from '../repository/session-ref.js';
import type { SessionInfo } from './session-handler.js';

/** Returns what an app is told of a session. A grace copy does not say when it got its ID, so no old ID passes for a fresh sign-in. */
export function sessionInfo(session: StoredSession['session'], isNew: boolean, now: number): SessionInfo {
  const { createdAt, lastSeenAt, expiresAt } = session;
  return {
    createdAt: createdAt ?? now,
    lastSeenAt: lastSeenAt ?? now,
    expiresAt: expiresAt ?? now,
    regeneratedAt: 'regeneratedAt' in session ? session.regeneratedAt : null,
    isNew,
  };
}
