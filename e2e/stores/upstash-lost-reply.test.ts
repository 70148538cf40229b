import { Redis, type RedisConfigNodejs } from '@upstash/redis';
import { RedisStore } from 'next-app-session/redis';
import { afterAll, beforeAll } from 'vitest';
import { testLostReplies } from './lost-reply.kit.js';
import { RedisServer } from './servers/redis-server.js';
import { UpstashBridge } from './servers/upstash-bridge.js';

const callOptions = { now: Date.now(), clock: 'system' } as const;

let server: RedisServer;
let bridge: UpstashBridge;

const open = (port: number, options: Partial<RedisConfigNodejs> = {}) =>
  new RedisStore({ client: new Redis({ url: `http://127.0.0.1:${port}`, token: bridge.token, ...options }) });

beforeAll(async () => {
  server = await RedisServer.start();
  bridge = await UpstashBridge.start(server.port);
  // The server then knows the script of a swap, and a lost reply is that of a swap that has taken effect.
  const { atomic } = open(bridge.port);
  const version = await atomic.swap('first', null, {}, callOptions);
  await atomic.swap('first', version, {}, callOptions);
});
afterAll(async () => {
  await bridge?.stop();
  await server?.stop();
});

const kinds: readonly [name: string, options: Partial<RedisConfigNodejs>][] = [
  ['@upstash/redis as it comes, which sends what was lost five times more', {}],
  ['@upstash/redis with one try', { retry: { retries: 0 } }],
];
for (const [name, options] of kinds) {
  testLostReplies({ name, open: (port) => ({ store: open(port, options), close: () => {} }) }, () => ({
    port: bridge.port,
    store: open(bridge.port),
  }));
}
