import type { IncomingMessage } from 'node:http';
import { hasSecret, isForLoopback } from '../../src/local-server/local-access.js';
import { SECRET_VARIABLE } from './control-protocol.js';

/** The answer to a request that is refused. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** Returns why the control server refuses a request, or undefined if it takes it. */
export function refusalOf({ method, headers }: IncomingMessage, secret: string): Refusal | undefined {
  if (headers.origin !== undefined) return { status: 403, message: 'Session test server: not for browsers.' };
  if (!isForLoopback(headers)) {
    return { status: 403, message: 'Session test server: use 127.0.0.1, localhost or [::1].' };
  }
  if (!hasSecret(headers, secret)) {
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
