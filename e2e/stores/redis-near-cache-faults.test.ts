import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { NearStore, nearClients, recordOf } from './near-cache.kit.js';
import { expectNoUnhandledRejection } from './rejections.kit.js';
import { type Connection, sentinelClients } from './servers/redis-clients.js';
import { RedisSentinels } from './servers/redis-sentinel.js';
import { RedisServer } from './servers/redis-server.js';
import { SilentProxy } from './servers/silent-proxy.js';

expectNoUnhandledRejection();

/** The default, in milliseconds. */
const MAX_AGE = 2000;
/** Within this, a change was seen by its message. */
const AT_ONCE = 1000;
/** What a busy machine may add. */
const SLACK = 1000;

const put = (by: Redis, n: number) => by.set('sess:a', JSON.stringify(recordOf(n)));

/** Those of version 5 break their connections in the same way. */
const isCurrent = ({ name }: { name: string }) => name.includes(' 6');

describe.each(nearClients.filter(isCurrent))('the near cache, with $name', ({ open }) => {
  let server: RedisServer;
  let proxy: SilentProxy;
  let other: Redis;
  let connection: Connection;
  let near: NearStore;
  beforeAll(async () => {
    server = await RedisServer.start();
    proxy = await SilentProxy.start(server.port);
    other = new Redis(server.port);
    other.on('error', () => {});
  });
  afterAll(async () => {
    other?.disconnect();
    await proxy?.stop();
    await server?.stop();
  });
  beforeEach(async () => {
    connection = await open([proxy.port]);
    near = new NearStore(connection.client);
    await vi.waitFor(() => near.put(1));
    await near.keeps();
  });
  afterEach(() => connection.close());

  it('shows nothing older than maxAge where messages are lost without a word, and then finds another way', async () => {
    expect(proxy.silence('subscribers')).toBe(1);
    const since = performance.now();
    await put(other, 2);
    // It cannot know yet.
    expect(await near.found()).toEqual([1, 'near_cache']);
    await near.sees(2);
    expect(performance.now() - since).toBeLessThan(MAX_AGE + SLACK);
    await near.keeps();
    await put(other, 3);
    expect(await near.sees(3)).toBeLessThan(AT_ONCE);
  });

  it('shows nothing older than maxAge where Redis cannot be reached without a word', async () => {
    expect(proxy.silence('others')).toBe(1);
    await put(other, 2);
    const until = performance.now() + MAX_AGE + SLACK;
    const late: unknown[] = [];
    while (performance.now() < until + 500) {
      const found = await Promise.race([near.found(), sleep(50, 'no answer')]);
      if (performance.now() > until && found !== 'no answer') late.push(found);
      await sleep(10);
    }
    expect(late.filter((found) => Array.isArray(found) && found[0] === 1)).toEqual([]);
  });

  it('keeps nothing that a spare connection has answered, of which Redis says nothing', async () => {
    await other.call('CLIENT', 'PAUSE', '2000', 'WRITE');
    const held = near.put(1, 'b').catch(() => {});
    await sleep(50);
    // It waits behind the write, and after a moment a connection beside it answers.
    for (let n = 0; n < 10; n++) {
      const found = await near.found();
      if (Array.isArray(found)) expect(found[0]).toBe(1);
      await sleep(50);
    }
    await other.call('CLIENT', 'UNPAUSE');
    await held;
    await put(other, 2);
    expect(await near.sees(2)).toBeLessThan(AT_ONCE);
    await near.keeps();
  });

  it('works again after a restart of the server', async () => {
    await server.kill();
    await server.restart();
    await vi.waitFor(async () => {
      await other.ping();
      await put(other, 5);
    });
    await vi.waitFor(() => near.sees(5), { timeout: 20_000 });
    await near.keeps();
    await put(other, 6);
    expect(await near.sees(6)).toBeLessThan(AT_ONCE);
  });
});

describe.each(sentinelClients.filter((kind) => isCurrent(kind) && kind.name.startsWith('ioredis')))(
  'the near cache, with $name',
  ({ open }) => {
    it('follows a failover', async () => {
      const sentinels = await RedisSentinels.start();
      const ports = sentinels.sentinels.map(({ port }) => port);
      const connection = await open(ports, sentinels.name);
      const near = new NearStore(connection.client);
      await vi.waitFor(() => near.put(1));
      await near.keeps();
      await sentinels.primary.command('WAIT', '1', '5000');
      await sentinels.primary.kill();
      const killed = performance.now();
      await vi.waitFor(async () => expect(await sentinels.currentPrimary()).toBe(sentinels.replica), {
        timeout: 60_000,
      });
      const other = new Redis(sentinels.replica.port);
      await vi.waitFor(() => put(other, 2), { timeout: 20_000 });
      const written = performance.now();
      await near.sees(2);
      expect(performance.now() - Math.max(written, killed)).toBeLessThan(MAX_AGE + SLACK);
      await near.keeps();
      await put(other, 3);
      expect(await near.sees(3)).toBeLessThan(AT_ONCE);
      other.disconnect();
      connection.close();
      await sentinels.stop();
    });
  },
);
