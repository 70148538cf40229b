import type { RedisServer } from './servers/redis-server.js';
import { UpstashBridge } from './servers/upstash-bridge.js';

/** How the app reaches a Redis. */
interface Access {
  /** See open-store.mjs. */
  readonly url: `redis:${string}` | `http:${string}`;
  stop(): Promise<void>;
}

/** Opens a way for the app to a Redis. */
type OpenAccess = (server: RedisServer) => Promise<Access>;

export const byItself: OpenAccess = async ({ url }) => ({ url, stop: async () => {} });

/** By a stand-in of Upstash. */
export const byUpstash: OpenAccess = async ({ port }) => {
  const bridge = await UpstashBridge.start(port);
  return { url: bridge.storeUrl, stop: () => bridge.stop() };
};
