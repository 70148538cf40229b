import { signId } from '../../src/cookie/signature.js';
import type { ReceivedRequest } from '../../src/local-server/request-overrides.js';
import { sentAttributes } from '../../src/options/cookie-attributes.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import type { Session } from '../../src/record/record.js';
import { ResponseHead } from '../../src/scope/response-head.js';
import { setCookieHeader } from '../../src/scope/set-cookie-header.js';

/** A session cookie that a browser does not have yet. */
export interface IssuedCookie {
  /** All names that the session's cookie may have. */
  readonly names: readonly string[];
  /** The Set-Cookie header. */
  readonly header: string;
}

/** Returns the cookie that the app would send for a session now. */
export function issuedCookie(
  { name, names, secrets, cookie }: ResolvedOptions,
  id: string,
  { maxAge, expiresAt }: Session,
  now: number,
): IssuedCookie {
  const attributes = sentAttributes(cookie, maxAge, (expiresAt ?? now) - now);
  return { names, header: setCookieHeader(name, signId(id, secrets), attributes) };
}

/**
 * Lets a request that begins run as if its browser had sent a cookie, and gives the browser that with the response. If the app sets
 * the cookie itself, that one is sent.
 */
export function giveCookie({ request, response }: ReceivedRequest, { names, header }: IssuedCookie): void {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const others = pairs.filter((pair) => pair !== '' && !names.includes(nameOf(pair)));
  const [given = ''] = header.split(';', 1);
  request.headers.cookie = [given, ...others].join('; ');
  new ResponseHead(response).offer(nameOf(given), header);
}

function nameOf(pair: string): string {
  return (pair.split('=', 1)[0] as string).trim();
}
