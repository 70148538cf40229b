import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** The only address that the servers of this library listen on. */
export const LOOPBACK = '127.0.0.1';

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/** The answer to a request that is refused. */
export interface Refusal {
  readonly status: number;
  readonly why: string;
}

/** Who may call a server. */
export interface LocalAccess {
  readonly secret: string;
  /** What to do about another secret. */
  readonly wrongSecretHint: string;
  /** Whether the server has a page, which may call it. No other page may, even if it knew the secret. */
  readonly hasPage: boolean;
}

/**
 * Returns whether a request names this machine as its host. An address on loopback is not enough: another site can let its own name
 * lead to this machine (DNS rebinding).
 */
export function isForLoopback({ host = '' }: IncomingHttpHeaders): boolean {
  return LOOPBACK_HOST.test(host);
}

/** Returns why a request is refused, whatever it asks for; undefined if it is not. */
export function refusalOf({ headers }: IncomingMessage): Refusal | undefined {
  return isForLoopback(headers) ? undefined : { status: 403, why: 'use 127.0.0.1, localhost or [::1]' };
}

/** Returns why a call is refused; undefined if it is taken. */
export function callRefusalOf(request: IncomingMessage, access: LocalAccess): Refusal | undefined {
  const { method, headers } = request;
  const refusal = refusalOf(request);
  if (refusal) return refusal;
  if (!isFromOwnPage(headers, access.hasPage)) return { status: 403, why: 'not for pages of other origins' };
  if (!isEqual(headers.authorization ?? '', `Bearer ${access.secret}`)) {
    return { status: 401, why: access.wrongSecretHint };
  }
  if (method === 'POST' && headers['content-type'] === 'application/json') return undefined;
  return { status: 405, why: 'send JSON by POST' };
}

/** Returns whether a request comes from the server's page, or from no page. Browsers leave Origin out of some requests. */
function isFromOwnPage(headers: IncomingHttpHeaders, hasPage: boolean): boolean {
  const { origin, 'sec-fetch-site': site = 'none' } = headers;
  if (origin === undefined && site === 'none') return true;
  const isOwnOrigin = origin === undefined || origin === `http://${headers.host}`;
  return hasPage && isOwnOrigin && (site === 'none' || site === 'same-origin');
}

/** Compares in constant time. The hashes have the same length, whatever was sent. */
function isEqual(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
