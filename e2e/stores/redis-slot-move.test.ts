import { setTimeout as sleep } from 'node:timers/promises';
import nextAppSession, { type NextAppSession } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { type Connection, clusterClients } from './servers/redis-clients.js';
import { RedisCluster } from './servers/redis-cluster.js';

interface Data {
  userId: string;
  n: number;
}

const USER = 'ada';
const PAUSE_MS = 100;

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await RedisCluster.start();
});
afterAll(() => cluster?.stop());

describe.each(clusterClients)('while a slot moves, $name', ({ name, open }) => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await open(cluster.ports);
  });
  afterAll(() => connection?.close());

  function sessionsAt(prefix: string): NextAppSession<Data> {
    return nextAppSession<Data>({
      secret: 'a secret',
      store: new RedisStore({ client: connection.client, prefix }),
      user: ({ userId }) => userId,
      // As long as all of the move takes: an index or a new ID may have to wait for its end.
      storeTimeout: 60,
    });
  }

  it('loses no write of a session, and writes none twice', async () => {
    const prefix = `${name}:`;
    const session = sessionsAt(prefix);
    const browser = new Browser(session);
    await browser.visit((s) => s().setAll({ userId: USER, n: 0 }));
    const key = (await keysIn(cluster, `${prefix}[^{]*`)).at(0) ?? '';
    const before = await cluster.primaryOf(key);
    const written = await during(cluster.moveSlot(key, pause), async () => {
      await browser.visit((s) => s().update(increment));
    });
    expect(await cluster.primaryOf(key)).not.toBe(before);
    expect(written).toBeGreaterThan(1);
    expect(await browser.visit((s) => s().get('n'))).toBe(written);
  });

  it('begins, moves, lists and revokes sessions as ever', async () => {
    // The tag keeps all keys in the slot that moves, those of the index and of new sessions too.
    const prefix = `{${name}}:`;
    const session = sessionsAt(prefix);
    const old = new Browser(session);
    await old.visit((s) => s().setAll({ userId: USER, n: 0 }));
    const oldHandle = (await session.user(USER).list()).at(0)?.handle;
    const rounds = await during(cluster.moveSlot(prefix, pause), async () => {
      await old.visit((s) => s().update(increment));
      const other = new Browser(session);
      await other.visit((s) => s().setAll({ userId: USER, n: 0 }));
      await other.visit((s) => s().regenerate(increment));
      expect(await other.visit((s) => s().all())).toEqual({ userId: USER, n: 1 });
      const sessions = await session.user(USER).list();
      expect(sessions).toHaveLength(2);
      const handle = sessions.find(({ handle }) => handle !== oldHandle)?.handle ?? '';
      expect(await session.user(USER).revoke(handle)).toBe(true);
      expect(await other.visit((s) => s().all())).toEqual({});
    });
    expect(rounds).toBeGreaterThan(0);
    expect(await old.visit((s) => s().get('n'))).toBe(rounds);
    expect(await session.user(USER).revokeAll()).toBe(1);
  });
});

const pause = () => sleep(PAUSE_MS);

const increment = (data: Partial<Data>) => {
  data.n = (data.n ?? 0) + 1;
};

/** Runs the task again and again until `work` is done. Returns how often it ran. */
async function during(work: Promise<void>, task: () => Promise<void>): Promise<number> {
  let isDone = false;
  const ended = work.finally(() => {
    isDone = true;
  });
  let rounds = 0;
  try {
    for (; !isDone; rounds++) await task();
  } finally {
    await ended;
  }
  return rounds;
}

async function keysIn({ nodes }: RedisCluster, pattern: string): Promise<string[]> {
  const found = await Promise.all(nodes.map((node) => node.command('KEYS', pattern)));
  return found.flatMap((keys) => keys.split('\n').filter(Boolean));
}
