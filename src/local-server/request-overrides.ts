import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { overridesStorage } from '../test-seam/overrides-storage.js';
import type { TestOverrides } from '../test-seam/test-overrides.js';

/** A request that an HTTP server of this process has received, and whose handler is about to run. */
export interface ReceivedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
}

/** Returns the test overrides with which a request runs; undefined for none. */
export type OverridesOf = (received: ReceivedRequest) => TestOverrides | undefined;

const OVERRIDERS = Symbol.for('next-app-session.request-overrides');

/**
 * Lets each request of this process run with the test overrides that `overridesOf` returns for it. Where several callers give some
 * for one request, the last one wins for each override. Node publishes to this channel right before the request's handler runs, in
 * the same async context. So no server has to be patched.
 */
export function overrideRequests(overridesOf: OverridesOf): void {
  // On globalThis: the test server and the studio of one process may be of two copies of this module.
  const registry = globalThis as { [OVERRIDERS]?: OverridesOf[] };
  const known = registry[OVERRIDERS];
  if (known) {
    known.push(overridesOf);
    return;
  }
  const all = [overridesOf];
  registry[OVERRIDERS] = all;
  subscribe('http.server.request.start', (message) => {
    // Set in any case: the connection may still have the overrides of its last request, of another test.
    overridesStorage().enterWith(Object.assign({}, ...all.map((one) => one(message as ReceivedRequest))));
  });
}
