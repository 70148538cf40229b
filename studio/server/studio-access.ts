import type { IncomingMessage } from 'node:http';
import { hasSecret, isForLoopback } from '../../src/local-server/local-access.js';

/** The answer to a request that is refused. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/**
 * Returns why a request is refused, whatever it asks for; undefined if it is not. The page needs no token: it holds nothing, and its
 * address has the token in the fragment, which browsers do not send.
 */
export function refusalOf({ headers }: IncomingMessage): Refusal | undefined {
  return isForLoopback(headers) ? undefined : { status: 403, message: 'use 127.0.0.1, localhost or [::1]' };
}

/**
 * Returns why a request for the API is refused; undefined if it is taken. Pages of other sites, and those of other ports of this
 * machine, have no business here even if they knew the token.
 */
export function apiRefusalOf(request: IncomingMessage, secret: string): Refusal | undefined {
  const { method, headers } = request;
  const refusal = refusalOf(request);
  if (refusal) return refusal;
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) {
    return { status: 403, message: 'not for pages of other origins' };
  }
  if (!['same-origin', 'none'].includes(String(headers['sec-fetch-site'] ?? 'none'))) {
    return { status: 403, message: 'not for pages of other origins' };
  }
  if (!hasSecret(headers, secret)) {
    return { status: 401, message: 'open the address that the app printed when it started' };
  }
  if (method === 'POST' && headers['content-type'] === 'application/json') return undefined;
  return { status: 405, message: 'send JSON by POST' };
}
