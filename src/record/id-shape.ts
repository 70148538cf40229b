export const MAX_ID_LENGTH = 256;

/** Letters that are safe in a cookie, a file name and a Redis key. */
const SHAPE = /^[A-Za-z0-9._~:-]{1,256}$/;

/** Whether `value` may be a session ID. An ID is untrusted input: `..` would leave a file store's folder. */
export function isSessionId(value: string): boolean {
  return SHAPE.test(value) && !value.includes('..');
}
