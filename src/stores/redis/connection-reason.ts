import { errorMonitor } from 'node:events';
import type { RedisClient, SendToRedis } from './redis-client.js';

const REGISTRY = Symbol.for('next-app-session.redis-reasons');

/** What ioredis and node-redis say of a command that they did not send. They do not say why they have no connection. */
const UNSENT = /^(Stream isn't writeable|Cluster isn't ready|The client is (offline|closed)$)/;

/** Why a client has no connection. Undefined while it has one. */
interface Reason {
  error?: unknown;
}

/** An ioredis Cluster keeps the error of a node apart. */
type ClientError = { readonly lastNodeError?: unknown };

/** Sends commands as `send` does. Where the client has no connection, the error has the reason for that as its cause. */
export function withReason(client: RedisClient, send: SendToRedis): SendToRedis {
  const reason = reasonOf(client);
  return (key, command, first) =>
    send(key, command, first).then(
      (reply) => {
        // Pools and clusters of node-redis do not say when they are connected again.
        reason.error = undefined;
        return reply;
      },
      (error) => {
        if (
          reason.error &&
          error instanceof Error &&
          error.cause === undefined &&
          UNSENT.test(error.message)
        ) {
          error.cause = reason.error;
        }
        throw error;
      },
    );
}

/** Returns the reason of a client. Stores that share a client share it, so that each client has one listener. */
function reasonOf(client: RedisClient): Reason {
  const registry = globalThis as { [REGISTRY]?: WeakMap<RedisClient, Reason> };
  registry[REGISTRY] ??= new WeakMap();
  const known = registry[REGISTRY].get(client);
  if (known) return known;
  const reason: Reason = {};
  registry[REGISTRY].set(client, reason);
  if ('on' in client && typeof client.on === 'function') {
    // A listener of `error` itself would silence ioredis, and keep a process alive that node-redis ends.
    client.on(errorMonitor, (error: ClientError) => {
      reason.error = error.lastNodeError ?? error;
    });
    client.on('ready', () => {
      reason.error = undefined;
    });
  }
  return reason;
}
