// The Redis server that tests start on a port of their own.
import { findOnPath, fromEnvironment } from './find-executable.mjs';

/** The path of a Redis or Valkey server, or undefined. REDIS_SERVER_PATH wins. */
export function findRedis() {
  return fromEnvironment('REDIS_SERVER_PATH') ?? findOnPath('redis-server', 'valkey-server');
}
