import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import type { TestOverrides } from '../../src/test-seam/test-overrides.js';
import { overridesStorage } from '../store/with-overrides.js';

/**
 * Lets each request of this process run with the test overrides that `overridesOf` returns for it. Node
 * publishes to this channel right before the request's handler runs, in the same async context. So no server
 * has to be patched.
 */
export function overrideRequests(overridesOf: (request: IncomingMessage) => TestOverrides | undefined): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    // Set in any case: the connection may still have the overrides of its last request, of another test.
    overridesStorage().enterWith(overridesOf(request) ?? {});
  });
}
