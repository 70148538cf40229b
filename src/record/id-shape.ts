import { SessionError } from '../lib/errors.js';

export const MAX_ID_LENGTH = 256;

/** Only letters that are safe in a cookie, a file name and a Redis key. */
const SHAPE = /^[A-Za-z0-9._~:-]{1,256}$/;

/** Returns whether a text has the shape of a session ID. IDs are untrusted: `..` would leave the folder of a file store. */
export function isSessionId(value: string): boolean {
  return SHAPE.test(value) && !value.includes('..');
}

/** Returns the error for an ID that has not the shape. */
export function malformedId(what: string): SessionError {
  return new SessionError(
    'ERR_SESSION_ID',
    `${what} is malformed. Give 1 to 256 letters of [A-Za-z0-9._~:-] without "..", with 128 random bits.`,
  );
}
