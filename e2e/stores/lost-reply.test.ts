import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { createClient } from 'redis';
import { createClient as createClient5 } from 'redis5';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { type ClientKind, type Connection, fromIoRedis, singleClients } from './servers/redis-clients.js';
import { RedisServer } from './servers/redis-server.js';
import { ReplyCutter, type ReplyFault } from './servers/reply-cutter.js';

interface Data {
  n: number;
  cart: string;
  user: string;
}

const ignore = () => {};

/** As an app has them that sets nothing: commands wait for a connection, and ioredis sends lost ones again. */
const defaultClients: readonly ClientKind[] = [
  { name: 'ioredis 6 as it comes', open: async ([port]) => fromIoRedis(new Redis({ port: port ?? 0 })) },
  { name: 'ioredis 5 as it comes', open: async ([port]) => fromIoRedis(new Redis5({ port: port ?? 0 })) },
  {
    name: 'node-redis 6 as it comes',
    open: async ([port]) => {
      const client = createClient({ url: `redis://127.0.0.1:${port}` }).on('error', ignore);
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  },
  {
    name: 'node-redis 5 as it comes',
    open: async ([port]) => {
      const client = createClient5({ url: `redis://127.0.0.1:${port}` }).on('error', ignore);
      await client.connect();
      return { client, close: () => client.destroy() };
    },
  },
];

let server: RedisServer;
let direct: Connection;
beforeAll(async () => {
  server = await RedisServer.start();
  direct = (await singleClients[0]?.open([server.port])) as Connection;
  // The server then knows the script of a swap, and a lost reply is that of a swap that has taken effect.
  const seen = new Browser(app(direct));
  for (const n of [1, 2]) await seen.visit((own) => own().set('n', n));
});
afterAll(async () => {
  direct?.close();
  await server?.stop();
});

const app = ({ client }: Connection, options: { storeTimeout?: number; regenerateGrace?: number } = {}) =>
  nextAppSession<Data>({
    secret: 'a secret',
    store: new RedisStore({ client }),
    user: ({ user }) => user,
    ...options,
  });

const increment = (data: Partial<Data>) => ({ ...data, n: (data.n ?? 0) + 1 });
const message = (error: Error) => error.message;

describe.each([...singleClients, ...defaultClients])('with $name', ({ open }) => {
  let proxy: ReplyCutter;
  let connection: Connection;
  beforeEach(async () => {
    proxy = await ReplyCutter.start(server.port);
    connection = await open([proxy.port]);
  });
  afterEach(async () => {
    connection?.close();
    await proxy?.stop();
  });

  /** A visitor with a session, whom the test sees past the proxy. */
  async function visitor(data: Partial<Data>, options = {}) {
    const seen = new Browser(app(direct, options));
    await seen.visit((own) => own().setAll(data as Data));
    const browser = new Browser(app(connection, options), seen.cookies);
    await expect
      .poll(() => browser.visit((own) => own().all().catch(message)), { timeout: 20_000 })
      .toEqual(data);
    return {
      browser,
      stored: () => new Browser(app(direct, options), browser.cookies).visit((own) => own().all()),
    };
  }

  it.each<ReplyFault>(['cut', 'split'])(
    'a counter whose reply is lost (%s) goes up by one',
    async (fault) => {
      const { browser, stored } = await visitor({ n: 0 });
      for (let n = 1; n <= 5; n++) {
        await browser.visit(async (own) => {
          await expect
            .poll(
              () =>
                own()
                  .get('n')
                  .catch(() => own().reload()),
              { timeout: 20_000 },
            )
            .toBe(n - 1);
          proxy.lose(1, fault);
          await own().update(increment);
          expect(proxy.isDone).toBe(true);
          expect(await own().get('n')).toBe(n);
        });
        expect(await stored()).toEqual({ n });
      }
    },
  );

  it('a counter whose reply never comes: the outcome is unknown, and it goes up by one', async () => {
    const { browser, stored } = await visitor({ n: 0 }, { storeTimeout: 1 });
    await browser.visit(async (own) => {
      await own().get('n');
      proxy.lose(1, 'swallow');
      await expect(own().update(increment)).rejects.toMatchObject({
        code: 'ERR_SESSION_STORE_TIMEOUT',
        message: expect.stringContaining('Its outcome is unknown'),
      });
      // ioredis may now send the command again.
      proxy.disconnect();
      await expect
        .poll(
          () =>
            own()
              .get('n')
              .catch(() => own().reload()),
          { timeout: 20_000 },
        )
        .toBe(1);
      await own().update(increment);
    });
    expect(await stored()).toEqual({ n: 2 });
  });

  it.each([
    ['with a grace copy', 5],
    ['without one', 0],
  ])('a sign-in that loses any one reply, %s: one session, with its cart', async (_, regenerateGrace) => {
    for (const fault of ['cut', 'split'] as const) {
      for (let nth = 1, isOver = false; !isOver; nth++) {
        const { browser, stored } = await visitor({ cart: 'full' }, { regenerateGrace });
        const user = `${fault}-${nth}-${regenerateGrace}-${proxy.port}`;
        proxy.lose(nth, fault);
        const outcome = await browser.visit((own) =>
          own()
            .regenerate((data) => ({ ...data, user }))
            .then(() => 'signed in', message),
        );
        isOver = !proxy.isDone;
        proxy.calm();
        const data = await stored();
        // Only a read that is lost before anything was written makes it fail.
        if (outcome !== 'signed in') expect(outcome).toContain('failed at get');
        expect(data).toEqual({ cart: 'full', ...(outcome === 'signed in' && { user }) });
        const sessions = await app(direct).user(user).list();
        expect(sessions).toHaveLength(data.user ? 1 : 0);
      }
    }
  });
});
