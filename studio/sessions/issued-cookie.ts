import { signId } from '../../src/cookie/signature.js';
import { sentAttributes } from '../../src/options/cookie-attributes.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import type { Session } from '../../src/record/record.js';
import { setCookieHeader } from '../../src/scope/set-cookie-header.js';

/** Returns the Set-Cookie header that the app would send for a session now. */
export function issuedCookie(
  { name, secrets, cookie }: ResolvedOptions,
  id: string,
  { maxAge, expiresAt }: Session,
  now: number,
): string {
  const attributes = sentAttributes(cookie, maxAge, (expiresAt ?? now) - now);
  return setCookieHeader(name, signId(id, secrets), attributes);
}
