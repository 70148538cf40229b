import { randomUUID } from 'node:crypto';
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

/** Has a client learn what its server can do, and the server the script of a swap. Then a lost reply is that of a swap. */
async function swapOnce({ atomic }: RedisStore): Promise<void> {
  const id = randomUUID();
  const version = await atomic.swap(id, null, {}, callOptions);
  await atomic.swap(id, version, {}, callOptions);
}

beforeAll(async () => {
  server = await RedisServer.start();
  bridge = await UpstashBridge.start(server.port);
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
  const openDriver = async (port: number) => {
    const store = open(port, options);
    await swapOnce(store);
    return { store, close: () => {} };
  };
  testLostReplies({ name, open: openDriver }, () => ({ port: bridge.port, store: open(bridge.port) }));
}
