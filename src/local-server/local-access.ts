import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The only address that the servers of this library listen on. */
export const LOOPBACK = '127.0.0.1';

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/**
 * Returns whether a request names this machine as its host. An address on loopback is not enough: another site can let its own name
 * lead to this machine (DNS rebinding).
 */
export function isForLoopback({ host = '' }: IncomingHttpHeaders): boolean {
  return LOOPBACK_HOST.test(host);
}

/** Returns whether a request has the secret, as `Authorization: Bearer`. */
export function hasSecret({ authorization = '' }: IncomingHttpHeaders, secret: string): boolean {
  return isEqual(authorization, `Bearer ${secret}`);
}

/** Compares in constant time. The hashes have the same length, whatever was sent. */
function isEqual(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
