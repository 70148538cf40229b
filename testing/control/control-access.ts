import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SECRET_VARIABLE } from './control-protocol.js';

/** The answer to a request that is refused. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** The name is checked too: another site can let its own name lead to this machine (DNS rebinding). */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/** Returns why the control server refuses a request, or undefined if it takes it. */
export function refusalOf({ method, headers }: IncomingMessage, secret: string): Refusal | undefined {
  if (headers.origin !== undefined) return { status: 403, message: 'Session test server: not for browsers.' };
  if (!LOOPBACK_HOST.test(headers.host ?? '')) {
    return { status: 403, message: 'Session test server: use 127.0.0.1, localhost or [::1].' };
  }
  if (!isEqual(headers.authorization ?? '', `Bearer ${secret}`)) {
    return {
      status: 401,
      message:
        'Session test server: the app was started with another secret, perhaps by another run of ' +
        `Playwright. Stop it, or set ${SECRET_VARIABLE} for both.`,
    };
  }
  if (method === 'POST' && headers['content-type'] === 'application/json') return undefined;
  return { status: 405, message: 'Session test server: send JSON by POST.' };
}

/** Compares in constant time. The hashes have the same length, whatever was sent. */
function isEqual(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
