import type { ClientState } from './client-state.js';

/** What ioredis and node-redis say of a command that they did not send. They do not say why they have no connection. */
const UNSENT = /^(Stream isn't writeable|Cluster isn't ready|The client is (offline|closed)$)/;

/** Throws the error of a command. If the client has no connection, the error gets the reason for that as its cause. */
export function throwWithReason(error: unknown, { error: reason }: ClientState): never {
  if (reason && error instanceof Error && error.cause === undefined && UNSENT.test(error.message)) {
    error.cause = reason;
  }
  throw error;
}
