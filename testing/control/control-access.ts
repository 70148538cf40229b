import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SECRET_VARIABLE } from './control-protocol.js';

export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** By name: a page of another site could have its own name lead here (DNS rebinding). */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/** Why the control server does not take a request; undefined when it does. */
export function refusalOf({ method, headers }: IncomingMessage, secret: string): Refusal | undefined {
  if (headers.origin !== undefined) return { status: 403, message: 'Session test server: not for browsers.' };
  if (!LOOPBACK_HOST.test(headers.host ?? '')) {
    return { status: 403, message: 'Session test server: only for this machine, under its loopback name.' };
  }
  if (!isEqual(headers.authorization ?? '', `Bearer ${secret}`)) {
    return {
      status: 401,
      message:
        'Session test server: the app was started with another secret, perhaps by another run of Playwright. Stop ' +
        `it, or set ${SECRET_VARIABLE} for both.`,
    };
  }
  if (method === 'POST' && headers['content-type'] === 'application/json') return undefined;
  return { status: 405, message: 'Session test server: it takes JSON by POST.' };
}

/** In constant time: the hashes are equally long, whatever was sent. */
function isEqual(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
