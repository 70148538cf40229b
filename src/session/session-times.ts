import type { StoredSession } from '../repository/session-ref.js';
import type { SessionInfo } from './session-handler.js';

/**
 * Returns what an app is told of a session's times. A grace copy does not say when the session got its ID, so no old ID passes for
 * a fresh sign-in.
 */
export function sessionTimes(session: StoredSession['session'], now: number): Omit<SessionInfo, 'isNew'> {
  const { createdAt, lastSeenAt, expiresAt } = session;
  return {
    createdAt: createdAt ?? now,
    lastSeenAt: lastSeenAt ?? now,
    expiresAt: expiresAt ?? now,
    regeneratedAt: 'regeneratedAt' in session ? session.regeneratedAt : null,
  };
}
