import { sign as signValue, unsign as unsignValue } from 'cookie-signature';
import { isSessionId, MAX_ID_LENGTH } from '../record/id-shape.js';

/** The prefix of a signed cookie value, as express-session and 1.x write it. */
const PREFIX = 's:';
const SIGNATURE_LENGTH = 44; // '.' and an unpadded base64 SHA-256
const MAX_VALUE_LENGTH = PREFIX.length + MAX_ID_LENGTH + SIGNATURE_LENGTH;

export interface ProvenId {
  readonly id: string;
  /** Signed with a secret that is being rotated out: the next write signs it anew. */
  readonly outdated: boolean;
}

/** The cookie value of an ID: `s:<id>.<HMAC-SHA256>`, signed by the first secret; the bare ID without one. */
export function signId(id: string, secrets: readonly string[]): string {
  const [first] = secrets;
  return first === undefined ? id : PREFIX + signValue(id, first);
}

/**
 * The ID that a cookie value proves, or null. Cookies are hostile: a wrong prefix, length, signature or shape is
 * no session at all. `cookie-signature` compares in constant time.
 */
export function proveId(value: string, secrets: readonly string[]): ProvenId | null {
  if (value.length > MAX_VALUE_LENGTH) return null;
  if (secrets.length === 0) return isSessionId(value) ? { id: value, outdated: false } : null;
  if (!value.startsWith(PREFIX)) return null;
  const signed = value.slice(PREFIX.length);
  for (const [index, secret] of secrets.entries()) {
    const id = unsignValue(signed, secret);
    if (id !== false) return isSessionId(id) ? { id, outdated: index > 0 } : null;
  }
  return null;
}
