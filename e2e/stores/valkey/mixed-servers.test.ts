import { RedisStore } from 'next-app-session/redis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findOnPath } from '../../../scripts/find-executable.mjs';
import { findRedis } from '../../../scripts/find-redis.mjs';
import { expectNoUnhandledRejection } from '../rejections.kit.js';
import { type Connection, clusterClients, singleClients } from '../servers/redis-clients.js';
import { RedisCluster } from '../servers/redis-cluster.js';
import { RedisServer } from '../servers/redis-server.js';

// Servers that compare in SET beside one that does not, as while a cluster is upgraded, and after a step back.

const valkey = findRedis() ?? '';
const redis = findOnPath('redis-server') ?? '';

const options = () => ({ now: Date.now(), clock: 'system' }) as const;
const until = (ms: number) => ({ cookie: { expires: new Date(Date.now() + ms).toISOString() } });

/** Adds one to a record, by a swap. */
async function increment(store: RedisStore, id: string): Promise<void> {
  const found = await store.atomic.load(id, options());
  const { n = 0 } = (found?.record ?? {}) as { n?: number };
  const version = await store.atomic.swap(
    id,
    found?.version ?? null,
    { ...until(60_000), n: n + 1 },
    options(),
  );
  if (version === null) await increment(store, id);
}

/** Calls until it does not fail: a connection of a pool may still be down when another one is up. */
function insist<T>(call: () => Promise<T>): Promise<T> {
  return vi.waitFor(call, { timeout: 30_000, interval: 20 });
}

/** Returns how often a node was sent a command, and how often that was refused. */
async function calls(node: RedisServer, command: string): Promise<{ sent: number; refused: number }> {
  const stats = await node.command('INFO', 'commandstats');
  const [, sent, refused] =
    new RegExp(`cmdstat_${command}:calls=(\\d+).*failed_calls=(\\d+)`).exec(stats) ?? [];
  return { sent: Number(sent ?? 0), refused: Number(refused ?? 0) };
}

describe('a cluster with old and new nodes', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await RedisCluster.startBy([valkey, redis, valkey]);
  });
  afterAll(() => cluster?.stop());

  it.each(clusterClients)('keeps all increments of 30 records, with $name', async ({ name, open }) => {
    await Promise.all(cluster.nodes.map((node) => node.command('CONFIG', 'RESETSTAT')));
    const { client, close } = await open(cluster.ports);
    const store = new RedisStore({ client, prefix: `${name}:` });
    const ids = Array.from({ length: 30 }, (_, at) => `id-${at}`);
    for (let round = 0; round < 5; round++) {
      await Promise.all(ids.flatMap((id) => [increment(store, id), increment(store, id)]));
    }
    for (const id of ids) expect(await store.get(id)).toMatchObject({ n: 10 });
    await Promise.all(
      ids.map(async (id) => {
        const found = await store.atomic.load(id, options());
        expect(await store.atomic.swap(id, found?.version ?? '', until(-1), options())).toBe('');
        expect(await store.get(id)).toBeNull();
      }),
    );
    const [, old] = cluster.nodes;
    // It was asked at least once, and ran the script.
    expect((await calls(old as RedisServer, 'set')).refused).toBeGreaterThan(0);
    expect((await calls(old as RedisServer, 'evalsha')).sent).toBeGreaterThan(0);
    close();
  });

  it.each(clusterClients)(
    'an old node gets the script after a new one was asked, with $name',
    async ({ name, open }) => {
      const { client, close } = await open(cluster.ports);
      const store = new RedisStore({ client, prefix: `again ${name}:` });
      const [newNode, oldNode] = cluster.nodes;
      const idAt = async (node: RedisServer | undefined) => {
        for (let at = 0; ; at++) {
          const id = `id-${at}`;
          if ((await cluster.primaryOf(`again ${name}:${id}`)) === node) return id;
        }
      };
      const [onNew, onOld] = [await idAt(newNode), await idAt(oldNode)];
      for (let n = 1; n <= 3; n++) {
        await increment(store, onNew);
        await increment(store, onNew);
        await increment(store, onOld);
        await increment(store, onOld);
        expect(await store.get(onOld)).toMatchObject({ n: 2 * n });
      }
      close();
    },
  );
});

describe.each(singleClients)('with $name, a server', ({ open }) => {
  let server: RedisServer;
  let connection: Connection;
  beforeAll(async () => {
    server = await RedisServer.start();
    connection = await open([server.port]);
  });
  afterAll(async () => {
    connection?.close();
    await server?.stop();
  });

  it.each([
    ['older', redis],
    ['newer', valkey],
  ])('that is %s when it comes back gets what it knows', async (_, file) => {
    const store = new RedisStore({ client: connection.client });
    await insist(() => increment(store, 'a'));
    await insist(() => increment(store, 'a'));
    await server.kill();
    await server.restart(file);
    for (let n = 1; n <= 5; n++) {
      await insist(() => increment(store, 'a'));
      expect(await insist(() => store.get('a'))).toMatchObject({ n });
    }
    const { refused } = await calls(server, 'set');
    // Each connection may have asked.
    expect(refused > 0).toBe(file === redis);
    expect(refused).toBeLessThan(4);
    expect((await calls(server, 'evalsha')).sent > 0).toBe(file === redis);
  });
});

expectNoUnhandledRejection();
