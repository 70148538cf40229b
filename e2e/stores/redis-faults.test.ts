import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { expectNoUnhandledRejection } from './rejections.kit.js';
import { type Connection, clusterClients, sentinelClients, singleClients } from './servers/redis-clients.js';
import { RedisCluster } from './servers/redis-cluster.js';
import { RedisSentinels } from './servers/redis-sentinel.js';
import { RedisServer } from './servers/redis-server.js';

const STORE_TIMEOUT = 1;

interface Data {
  n: number;
}

function browse({ client }: Connection) {
  const store = new RedisStore({ client });
  return new Browser(nextAppSession<Data>({ secret: 'a secret', store, storeTimeout: STORE_TIMEOUT }));
}

/** The code of the error that a read and a write in two new requests fail with. */
async function failures(browser: Browser<Data>): Promise<unknown[]> {
  const code = (error: { code?: unknown }) => error.code ?? error;
  const cookies = { ...browser.cookies };
  const read = await browser.visit((session) => session().get('n').catch(code));
  const write = await browser.visit((session) => session().set('n', -1).catch(code));
  const created = new Browser<Data>(browser.session);
  const create = await created.visit((session) => session().set('n', -1).catch(code));
  expect(browser.cookies).toEqual(cookies);
  expect(created.cookies).toEqual({});
  return [read, write, create];
}

/** Polls until the session can be read again. */
async function recovers(browser: Browser<Data>): Promise<number | null> {
  let value: number | null = null;
  await expect
    .poll(
      async () => {
        try {
          value = await browser.visit((session) => session().get('n'));
          return 'answers';
        } catch {
          return 'fails';
        }
      },
      { timeout: 60_000, interval: 50 },
    )
    .toBe('answers');
  return value;
}

const TIMEOUT = 'ERR_SESSION_STORE_TIMEOUT';
const FAILED = 'ERR_SESSION_STORE';

describe.each(singleClients)('one server, with $name', ({ open }) => {
  let server: RedisServer;
  let connection: Connection;
  let browser: Browser<Data>;
  beforeEach(async () => {
    server = await RedisServer.start();
    connection = await open([server.port]);
    browser = browse(connection);
    await browser.visit((session) => session().set('n', 1));
  });
  afterEach(async () => {
    connection?.close();
    await server?.stop();
  });

  it('that hangs: every call ends by storeTimeout, no cookie is set, and service resumes', async () => {
    server.freeze();
    expect(await failures(browser)).toEqual([TIMEOUT, TIMEOUT, TIMEOUT]);
    server.thaw();
    // What timed out may have taken effect: the error says so.
    expect([1, -1]).toContain(await recovers(browser));
  });

  it('that hangs is left alone: after the first call no other is sent, until it answers', async () => {
    /** As Redis counts them. */
    const reads = async () => {
      const stats = await server.command('INFO', 'commandstats');
      return Number(/cmdstat_getrange:calls=(\d+)/.exec(stats)?.[1] ?? 0);
    };
    await browser.visit((session) => session().get('n'));
    const before = await reads();
    server.freeze();
    const frozenAt = performance.now();
    const read = () =>
      browser.visit((session) =>
        session()
          .get('n')
          .catch((error) => error),
      );
    expect(await read()).toMatchObject({ code: TIMEOUT });
    for (let visit = 0; visit < 20; visit++) {
      expect(await read()).toMatchObject({ message: expect.stringContaining('get was not sent') });
    }
    server.thaw();
    await expect.poll(read, { timeout: 20_000, interval: 20 }).toBe(1);
    const probes = Math.ceil((performance.now() - frozenAt) / 500);
    // The one that timed out, the last one, and at most two probes a second.
    expect((await reads()) - before).toBeLessThanOrEqual(2 + probes);
  });

  it('that is killed and comes back: calls fail, and service resumes by itself', async () => {
    await server.kill();
    for (const code of await failures(browser)) expect([FAILED, TIMEOUT]).toContain(code);
    await server.restart();
    expect(await recovers(browser)).toBeNull();
    await browser.visit((session) => session().set('n', 2));
    expect(await browser.visit((session) => session().get('n'))).toBe(2);
  });

  it('that answers an error', async () => {
    const key = await server.command('KEYS', 'sess:*');
    await server.command('DEL', key);
    await server.command('LPUSH', key, 'no', 'string');
    await expect(browser.visit((session) => session().get('n'))).rejects.toMatchObject({
      code: FAILED,
      cause: { message: expect.stringContaining('WRONGTYPE') },
    });
    await expect(browser.visit((session) => session().set('n', 2))).rejects.toMatchObject({ code: FAILED });
  });

  it('that is out of memory: reads go on, writes fail and lose nothing', async () => {
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    expect(await failures(browser)).toEqual([1, FAILED, FAILED]);
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    expect(await browser.visit((session) => session().get('n'))).toBe(1);
  });

  it('leaks no listeners through a hundred failures', async () => {
    const emitter = connection.client as unknown as NodeJS.EventEmitter;
    const count = () => emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
    const before = count();
    await server.kill();
    await Promise.all(
      Array.from({ length: 100 }, () => browser.visit((session) => session().get('n')).catch(() => {})),
    );
    expect(count()).toBe(before);
  });
});

describe('a server that is not there from the start', () => {
  it('fails by storeTimeout, and works once it comes up', async () => {
    const server = await RedisServer.start();
    await server.kill();
    const { Redis } = await import('ioredis');
    const { ioredisOptions } = await import('./servers/redis-clients.js');
    const client = new Redis({ ...ioredisOptions, port: server.port });
    client.on('error', () => {});
    const browser = browse({ client, close: () => client.disconnect() });
    const [, , create] = await failures(browser);
    expect([FAILED, TIMEOUT]).toContain(create);
    await server.restart();
    await recovers(browser);
    await expect
      .poll(() =>
        browser
          .visit((session) => session().set('n', 5))
          .then(
            () => true,
            () => false,
          ),
      )
      .toBe(true);
    client.disconnect();
    await server.stop();
  });
});

describe('a Cluster whose primary is killed under load', () => {
  let cluster: RedisCluster;
  beforeEach(async () => {
    cluster = await RedisCluster.start();
  });
  afterEach(() => cluster?.stop());

  it.each(clusterClients)('goes on with the replica, with $name', async ({ open, followsFailover }) => {
    const connection = await open(cluster.ports);
    const browser = browse(connection);
    await browser.visit((session) => session().set('n', 0));
    const key =
      (await Promise.all(cluster.nodes.map((node) => node.command('KEYS', 'sess:*')))).find(Boolean) ?? '';
    const primary = await cluster.primaryOf(key);
    // So that what was acknowledged has reached the replica.
    await primary.command('WAIT', '1', '30000');
    let counted = 0;
    const increment = async () => {
      try {
        await browser.visit((session) => session().update((data) => ({ n: (data.n ?? 0) + 1 })));
        counted++;
      } catch (error) {
        expect([FAILED, TIMEOUT, 'ERR_SESSION_GONE']).toContain((error as { code?: string }).code);
      }
      return 'in time';
    };
    const load = async () => {
      // A timer, not the time that it took: if the whole process is late, so is the timer.
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise((resolve) => {
        timer = setTimeout(resolve, STORE_TIMEOUT * 1000 + 500, 'too late');
      });
      expect(await Promise.race([increment(), limit])).toBe('in time');
      clearTimeout(timer);
    };
    for (let i = 0; i < 20; i++) await load();
    await primary.command('WAIT', '1', '30000');
    await primary.kill();
    const until = Date.now() + 4000;
    while (Date.now() < until) await load();
    if (!followsFailover) await primary.restart();
    expect(await recovers(browser)).toBeGreaterThanOrEqual(20);
    const before = counted;
    await load();
    expect(counted).toBe(before + 1);
    connection.close();
  });
});

describe('a Sentinel failover', () => {
  let sentinels: RedisSentinels;
  beforeEach(async () => {
    sentinels = await RedisSentinels.start();
  });
  afterEach(() => sentinels?.stop());

  it.each(sentinelClients)('goes on with the new primary, with $name', async ({ open }) => {
    const connection = await open(
      sentinels.sentinels.map(({ port }) => port),
      sentinels.name,
    );
    const browser = browse(connection);
    await browser.visit((session) => session().set('n', 7));
    await sentinels.primary.command('WAIT', '1', '30000');
    await sentinels.primary.kill();
    for (const code of await failures(browser)) expect([FAILED, TIMEOUT]).toContain(code);
    expect(await recovers(browser)).toBe(7);
    await expect
      .poll(
        () =>
          browser
            .visit((session) => session().set('n', 8))
            .then(
              () => true,
              () => false,
            ),
        { timeout: 30_000 },
      )
      .toBe(true);
    expect(await browser.visit((session) => session().get('n'))).toBe(8);
    connection.close();
  });
});

expectNoUnhandledRejection();
