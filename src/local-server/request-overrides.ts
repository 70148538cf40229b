import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { overridesStorage } from '../test-seam/overrides-storage.js';
import type { TestOverrides } from '../test-seam/test-overrides.js';
import { isOwn } from './own-servers.js';

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
 * Lets each request of the app in this process run with the test overrides that `overridesOf` returns for it. Where several callers give some
 * for one request, it has the sinks of all; of each other override, the last one wins. Node publishes to this channel right before the request's handler runs, in
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
    const received = message as ReceivedRequest;
    const given = isOwn(received.server) ? [] : all.flatMap((one) => one(received) ?? []);
    const sinks = given.flatMap((one) => one.sinks ?? []);
    overridesStorage().enterWith(Object.assign({}, ...given, sinks.length > 0 && { sinks }));
  });
}
