import type { Session } from './record.js';
import { sessionHandle } from './session-id.js';

/**
 * Returns the session with the key that it is indexed under. `null` if this process has no index: one that has will index it.
 */
export function indexedUnder(session: Session, key: string | null): Session {
  return session.user === null ? session : { ...session, indexedKey: key && sessionHandle(key) };
}

/** Drops the index entry of a record that was copied from another key, so that it is indexed again. */
export function asIndexed(session: Session, key: string): Session {
  const matches = session.user === null || session.indexedKey === sessionHandle(key);
  return matches ? session : { ...session, indexedUntil: null };
}
