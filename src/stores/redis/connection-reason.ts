import { stateOf } from './client-state.js';
import type { RedisClient, SendToRedis } from './redis-client.js';

/** What ioredis and node-redis say of a command that they did not send. They do not say why they have no connection. */
const UNSENT = /^(Stream isn't writeable|Cluster isn't ready|The client is (offline|closed)$)/;

/** Sends commands as `send` does. Where the client has no connection, the error has the reason for that as its cause. */
export function withReason(client: RedisClient, send: SendToRedis): SendToRedis {
  const state = stateOf(client);
  return (key, command, first) =>
    send(key, command, first).then(
      (reply) => {
        // Pools and clusters of node-redis do not say when they are connected again.
        state.error = undefined;
        return reply;
      },
      (error) => {
        if (
          state.error &&
          error instanceof Error &&
          error.cause === undefined &&
          UNSENT.test(error.message)
        ) {
          error.cause = state.error;
        }
        throw error;
      },
    );
}
