import { sign as signValue, unsign as unsignValue } from 'cookie-signature';
import { requireSecrets, type Secrets } from '../options/secrets.js';
import { isSessionId, MAX_ID_LENGTH } from '../record/id-shape.js';

/** The prefix of a signed cookie value. express-session and version 1 write the same. */
const PREFIX = 's:';
const SIGNATURE_LENGTH = 44; // a dot, and an HMAC-SHA256 in base64 without padding
/** The longest value of the session's cookie, before it is encoded. */
export const MAX_VALUE_LENGTH = PREFIX.length + MAX_ID_LENGTH + SIGNATURE_LENGTH;

/** A session ID that a cookie value proves. */
export interface ProvenId {
  readonly id: string;
  /** Whether the next write replaces the cookie: it has a former name, or a secret that is being rotated out signed it. */
  readonly outdated: boolean;
}

/** Returns the cookie value of an ID: `s:<id>.<HMAC-SHA256>` with the first secret, or the ID without one. */
export function signId(id: string, secrets: Secrets): string {
  const [first] = requireSecrets(secrets);
  return first === undefined ? id : PREFIX + signValue(id, first);
}

/**
 * Returns the session ID that a cookie value proves. Returns null for a wrong prefix, length, signature or
 * shape, because cookies are untrusted input. `cookie-signature` compares in constant time.
 */
export function proveId(value: string, secrets: Secrets): ProvenId | null {
  const known = requireSecrets(secrets);
  if (value.length > MAX_VALUE_LENGTH) return null;
  if (known.length === 0) return isSessionId(value) ? { id: value, outdated: false } : null;
  if (!value.startsWith(PREFIX)) return null;
  const signed = value.slice(PREFIX.length);
  for (const secret of known) {
    const id = unsignValue(signed, secret);
    if (id !== false) return isSessionId(id) ? { id, outdated: secret !== known[0] } : null;
  }
  return null;
}
