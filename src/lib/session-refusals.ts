import { SessionError } from './errors.js';

const GONE =
  'The session ended during this request: it was destroyed, revoked, moved to a new ID, or expired. Nothing was ' +
  'written. Treat the visitor as signed out.';

export function sessionGone(): SessionError {
  return new SessionError('ERR_SESSION_GONE', GONE);
}

/** The error of a session that the index of its user does not take: it was revoked. */
export class EntryRefused extends SessionError {
  constructor() {
    super('ERR_SESSION_GONE', GONE);
  }
}

export function isGone(error: unknown): boolean {
  return SessionError.is(error) && error.code === 'ERR_SESSION_GONE';
}

/** @param bytes of the record's JSON. */
export function tooLarge(bytes: number, maxBytes: number): SessionError {
  return new SessionError(
    'ERR_SESSION_DATA',
    `Session data too large: the record would have ${bytes} bytes of JSON, and the maxBytes option allows ${maxBytes}. ` +
      'Nothing was written. Keep large values elsewhere and only their keys in the session, or raise maxBytes.',
  );
}

/** Returns null for the error of a session that has ended. Throws any other error. */
export function nullIfGone(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}

export function writeConflict(): SessionError {
  return new SessionError(
    'ERR_SESSION_CONFLICT',
    'Other requests kept changing this session until storeTimeout. Nothing was written. Try again, and ' +
      'write less often to one session.',
  );
}

export function signInConflict(): SessionError {
  return new SessionError(
    'ERR_SESSION_CONFLICT',
    'Other sign-ins of this user went on until storeTimeout. Nothing was written. Try again, and sign a user in once for each browser.',
  );
}

/** @param max how many sessions the user may have. */
export function tooManySessions(max: number): SessionError {
  return new SessionError(
    'ERR_SESSION_LIMIT',
    `This user has as many sessions as maxSessions allows (${max}), and onSessionLimit is 'refuse'. Nothing was written. Show them ` +
      "session.user(id).list() and let them revoke one, or set onSessionLimit: 'end-oldest'.",
  );
}

export function queueTimeout(): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE_TIMEOUT',
    'Earlier writes to this session did not end within storeTimeout. Nothing was written. Check that the ' +
      'session store is reachable.',
  );
}

export function noRequest(): SessionError {
  return new SessionError(
    'ERR_SESSION_NO_REQUEST',
    'revokeOthers() keeps the session of the current request, but there is no request here. Call it in a Server ' +
      'Action or Route Handler, pass the request: session.user(id, req, res), or use revokeAll().',
  );
}

export function revocationConflict(): SessionError {
  return new SessionError(
    'ERR_SESSION_CONFLICT',
    'Sessions of this user went on moving from one cookie name to another, so the revocation is not finished. Revoke again.',
  );
}

export function unfinishedRevocation(): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE',
    'The session store did not remove revoked sessions from the index of their user, so the revocation is not finished. ' +
      'Check that the store takes writes, and revoke again.',
  );
}
