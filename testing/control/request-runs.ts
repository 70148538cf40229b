import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { Surroundings } from '../../src/test-seam/surroundings.js';
import { surroundingsStorage } from '../store/with-surroundings.js';

/**
 * Lets each request of this process run in the surroundings that `surroundingsOf` has for it. The channel tells of a
 * request right before its handler runs, in the same tick and so in the same async context: no server is patched.
 */
export function surroundRequests(
  surroundingsOf: (request: IncomingMessage) => Surroundings | undefined,
): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    // None, rather than nothing done: a connection's next request may be another test's.
    surroundingsStorage().enterWith(surroundingsOf(request) ?? {});
  });
}
