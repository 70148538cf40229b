import { execFile } from 'node:child_process';
import { type EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Browser } from './browser.kit.js';
import { NearStore, nearClients, recordOf } from './near-cache.kit.js';
import { expectNoUnhandledRejection } from './rejections.kit.js';
import type { Connection } from './servers/redis-clients.js';
import { RedisServer } from './servers/redis-server.js';
import { RedisUser } from './servers/redis-user.js';

expectNoUnhandledRejection();

let server: RedisServer;
/** Another process, as far as the near cache can tell. */
let other: Redis;
beforeAll(async () => {
  server = await RedisServer.start();
  other = new Redis(server.port);
  await other.ping();
});
afterAll(async () => {
  other?.disconnect();
  await server?.stop();
});

/** How often the server was asked for a session. */
async function reads(): Promise<number> {
  const stats = await server.command('INFO', 'commandstats');
  return Number(/^cmdstat_getrange:calls=(\d+)/m.exec(stats)?.[1]);
}

/** So long that age plays no part in what is seen. */
const maxAge = 60;

/** Within this, a change was seen by its message: without, a heartbeat is missed in a second and a half. */
const AT_ONCE = 1000;

const connections = async () =>
  Number(/^connected_clients:(\d+)/m.exec(await server.command('INFO', 'clients'))?.[1]);

describe.each(nearClients)('the near cache, with $name', ({ name, open }) => {
  let connection: Connection;
  let near: NearStore;
  beforeEach(async () => {
    await server.command('FLUSHALL');
    connection = await open([server.port]);
    near = new NearStore(connection.client, { maxAge });
    await vi.waitFor(() => near.put(1));
  });
  afterEach(() => connection.close());

  const putByOther = (n: number, id = 'a') => other.set(`sess:${id}`, JSON.stringify(recordOf(n)));

  it('answers reads without a command', async () => {
    await near.keeps();
    const before = await reads();
    for (let n = 0; n < 1000; n++) expect(await near.found()).toEqual([1, 'near_cache']);
    expect(await reads()).toBe(before);
  });

  it('sees within milliseconds what another process writes, swaps, removes, deletes and flushes', async () => {
    await near.keeps();
    await putByOther(2);
    expect(await near.sees(2)).toBeLessThan(AT_ONCE);
    await near.keeps();
    await other.del('sess:a');
    expect(await near.sees(null)).toBeLessThan(AT_ONCE);
    await putByOther(3);
    await near.keeps();
    const elsewhere = new RedisStore({ client: other });
    const options = { now: Date.now(), clock: 'system' } as const;
    const version = await elsewhere.atomic.swap(
      'a',
      (await near.load())?.version ?? '',
      recordOf(4),
      options,
    );
    expect(await near.sees(4)).toBeLessThan(AT_ONCE);
    await near.keeps();
    expect(await elsewhere.atomic.swap('a', version, { cookie: { expires: 0 } }, options)).not.toBeNull();
    expect(await near.sees(null)).toBeLessThan(AT_ONCE);
    await putByOther(5);
    await near.keeps();
    await other.flushall();
    expect(await near.sees(null)).toBeLessThan(AT_ONCE);
  });

  it('ends a record with its time to live in Redis, though its date is later', async () => {
    await near.keeps();
    await other.pexpire('sess:a', 200);
    await near.keeps();
    await sleep(200);
    expect(await near.sees(null)).toBeLessThan(AT_ONCE);
  });

  it('never shows what was there before a write of this process', async () => {
    for (let n = 2; n < 50; n++) {
      await near.keeps();
      await near.put(n);
      expect(await near.found()).toEqual([n, 'redis']);
    }
    await near.keeps();
    await near.store.destroy('a');
    expect(await near.found()).toBeNull();
  });

  it('keeps nothing of a connection that has broken, and starts again', async () => {
    for (const type of ['pubsub', 'normal', 'pubsub', 'normal']) {
      const n = await near.keeps();
      await other.call('client', 'kill', 'type', type, 'skipme', 'yes');
      await putByOther(n + 1);
      expect(await near.sees(n + 1)).toBeLessThan(2000);
      expect(await near.keeps()).toBe(n + 1);
    }
  });

  it('has one more connection, which ends with the client', async () => {
    const own = await open([server.port]);
    const ofOwn = new NearStore(own.client);
    await vi.waitFor(() => ofOwn.put(1));
    // Beside this one, that of `near`, of the other process, and of who asks.
    await vi.waitFor(async () => expect(await connections()).toBe(4));
    await ofOwn.keeps();
    expect(await connections()).toBe(5);
    await other.call('client', 'kill', 'type', 'pubsub');
    await vi.waitFor(async () => expect(await ofOwn.found()).toEqual([1, 'redis']), { interval: 0 });
    await ofOwn.keeps();
    expect(await connections()).toBe(5);
    own.close();
    await vi.waitFor(async () => expect(await connections()).toBe(3));
  });

  it('takes a subscriber of the app, also after it has reconnected', async () => {
    const options = name.startsWith('ioredis')
      ? { protocol: 2 }
      : { RESP: 2, maintNotifications: 'disabled' };
    const own = await open([server.port]);
    const subscriber = (own.client as unknown as { duplicate(options: object): Subscriber }).duplicate(
      options,
    );
    subscriber.on('error', () => {});
    const ready = once(subscriber, 'ready');
    // A client of ioredis connects by itself.
    await subscriber.connect().catch(() => {});
    await ready;
    const warn = vi.spyOn(console, 'warn');
    const given = new NearStore(own.client, { subscriber, maxAge });
    await given.keeps();
    const before = await connections();
    for (let n = 2; n < 5; n++) {
      await other.call('client', 'kill', 'type', 'pubsub');
      await putByOther(n);
      await given.sees(n);
      expect(await given.keeps()).toBe(n);
      await putByOther(n + 100);
      expect(await given.sees(n + 100)).toBeLessThan(AT_ONCE);
    }
    expect(await connections()).toBe(before);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
    own.close();
    if (subscriber.destroy) subscriber.destroy();
    else subscriber.disconnect();
  });

  it('answers the first read of a request, and a revocation elsewhere ends the session', async () => {
    const appOn = (store: RedisStore) =>
      nextAppSession<{ userId: string }>({ secret: 'a secret', store, user: ({ userId }) => userId });
    const elsewhere = appOn(new RedisStore({ client: other }));
    const browser = new Browser(appOn(near.store));
    await browser.visit((session) => session().set('userId', 'ada'));
    await vi.waitFor(async () => {
      await browser.visit((session) => session().get('userId'));
      const before = await reads();
      await browser.visit((session) => session().get('userId'));
      expect(await reads()).toBe(before);
    });
    await elsewhere.user('ada').revokeAll();
    await vi.waitFor(
      async () => expect(await browser.visit((session) => session().get('userId'))).toBeNull(),
      { timeout: AT_ONCE, interval: 1 },
    );
  });

  it('works for the user of docs/redis.md, and without its rights for the near cache reads go on', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    Reflect.deleteProperty(globalThis, Symbol.for('next-app-session.warnings'));
    const ioredis = name.startsWith('ioredis') ? (['ioredis'] as const) : [];
    const allowed = new RedisUser([...ioredis, 'the option `nearCache`']);
    await allowed.enter(server);
    const restricted = await open([server.port], allowed.login);
    await new NearStore(restricted.client).keeps();
    restricted.close();
    expect(warn).not.toHaveBeenCalled();

    await new RedisUser(ioredis).enter(server);
    const refused = await open([server.port], allowed.login);
    const store = new NearStore(refused.client);
    await vi.waitFor(async () => {
      expect(await store.found()).toEqual([1, 'redis']);
      expect(warn.mock.calls.join()).toContain('RedisStore caches nothing');
    });
    refused.close();
    warn.mockRestore();
  });
});

interface Subscriber extends EventEmitter {
  connect(): Promise<unknown>;
  disconnect(): void;
  destroy?(): void;
  sendCommand(command: string[]): Promise<unknown>;
}

it('knows keys by the name that a keyPrefix of ioredis gives them', async () => {
  const client = new Redis({ port: server.port, keyPrefix: 'app:' });
  const near = new NearStore(client);
  await near.put(1);
  await near.keeps();
  await other.set('app:sess:a', JSON.stringify(recordOf(2)));
  expect(await near.sees(2)).toBeLessThan(AT_ONCE);
  client.disconnect();
});

/** Reads from memory, and then lets go of the client of the app. */
const UNREFERENCED = `
import { RedisStore } from 'next-app-session/redis';
import { createClient } from 'redis';
const client = await createClient({ socket: { port: Number(process.argv[1]) } }).on('error', () => {}).connect();
const { atomic } = new RedisStore({ client, nearCache: {} });
await atomic.swap('unreferenced', null, { cookie: { expires: Date.now() + 60_000 } }, { now: Date.now(), clock: 'system' });
const load = () => atomic.load('unreferenced', { now: Date.now(), clock: 'system', near: true });
while (!(await load()).source) await new Promise((resolve) => setTimeout(resolve, 1));
client.unref();
`;

it('keeps no process alive whose client of node-redis does not', async () => {
  const args = ['--input-type=module', '--eval', UNREFERENCED, String(server.port)];
  await promisify(execFile)(process.execPath, args, { timeout: 5000 });
});
