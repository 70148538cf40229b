import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { TestOverrides } from '../../src/test-seam/test-overrides.js';
import { overridesStorage } from '../store/with-overrides.js';

/**
 * Lets each request of this process run with the overrides that `overridesOf` has for it. The channel tells of a
 * request right before its handler runs, in the same tick and so in the same async context: no server is patched.
 */
export function overrideRequests(overridesOf: (request: IncomingMessage) => TestOverrides | undefined): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    // None, rather than nothing done: a connection's next request may be another test's.
    overridesStorage().enterWith(overridesOf(request) ?? {});
  });
}
