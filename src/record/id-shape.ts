export const MAX_ID_LENGTH = 256;

/** Only letters that are safe in a cookie, a file name and a Redis key. */
const SHAPE = /^[A-Za-z0-9._~:-]{1,256}$/;

/** Returns whether a text has the shape of a session ID. IDs are untrusted: `..` would leave the folder of a file store. */
export function isSessionId(value: string): boolean {
  return SHAPE.test(value) && !value.includes('..');
}
