import { errorMonitor } from 'node:events';
import type { RedisClient } from './redis-client.js';

const REGISTRY = Symbol.for('next-app-session.redis-clients');

/** What is known of a client for as long as it keeps its connections. */
export interface ClientState {
  /** Why it has no connection. Undefined while it has one. */
  error: unknown;
  /** Whether its server compares in SET, as Redis 8.4 and Valkey 8.1 do. Undefined if it was not asked yet. */
  comparesInSet: boolean | undefined;
}

/** What a client says when it has another connection. Pools of node-redis only tell of the error before that. */
const CONNECTED = [errorMonitor, 'ready', '+node', 'node-ready', 'topology-change'];

/** An ioredis Cluster keeps the error of a node apart. */
type ClientError = { readonly lastNodeError?: unknown };

/** Returns the state of a client. Stores that share a client share it, so that each client has one set of listeners. */
export function stateOf(client: RedisClient): ClientState {
  const registry = globalThis as { [REGISTRY]?: WeakMap<RedisClient, ClientState> };
  registry[REGISTRY] ??= new WeakMap();
  const known = registry[REGISTRY].get(client);
  if (known) return known;
  const state: ClientState = { error: undefined, comparesInSet: undefined };
  registry[REGISTRY].set(client, state);
  if ('on' in client && typeof client.on === 'function') {
    // A listener of `error` itself would silence ioredis, and keep a process alive that node-redis ends.
    client.on(errorMonitor, (error: ClientError) => {
      state.error = error.lastNodeError ?? error;
    });
    client.on('ready', () => {
      state.error = undefined;
    });
    for (const event of CONNECTED) {
      client.on(event, () => {
        state.comparesInSet = undefined;
      });
    }
  }
  return state;
}
