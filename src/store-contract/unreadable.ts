import { SessionError } from '../lib/errors.js';

/** Returns the error that `get` throws for a record that it cannot read. */
export function unreadableRecord(): SessionError {
  return new SessionError(
    'ERR_SESSION_DATA',
    'The stored record cannot be read: it is not JSON, nests too deep, or is larger than it may be. Its visitor has no session.',
  );
}

/** Returns whether `get` of a store failed because its record cannot be read. */
export function isUnreadable(error: unknown): boolean {
  return SessionError.is(error) && error.code === 'ERR_SESSION_DATA';
}
