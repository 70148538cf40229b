import nextAppSession, { type AppSession, type Store } from 'next-app-session';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { ReplyCutter, type ReplyFault } from './servers/reply-cutter.js';

interface Data {
  n: number;
  cart: string;
  user: string;
}

/** A store, and the connection that only it uses. */
interface OpenStore {
  readonly store: Store<object>;
  close(): unknown;
}

/** A driver under test. */
export interface Driver {
  readonly name: string;
  /**
   * How many replies a write on a new connection has. The first of two says that the statement is prepared, for example.
   * @default 1
   */
  readonly replies?: number;
  /** Connects to a port of this machine. */
  open(port: number): OpenStore | Promise<OpenStore>;
}

/** The server under test, and a store that reaches it past the proxy. */
export interface Direct {
  readonly port: number;
  readonly store: Store<object>;
}

const app = (store: Store<object>, options: { storeTimeout?: number; regenerateGrace?: number } = {}) =>
  nextAppSession<Data>({
    secret: 'a secret',
    store,
    user: ({ user }) => user,
    ...options,
  });

const increment = (data: Partial<Data>) => ({ ...data, n: (data.n ?? 0) + 1 });
const message = (error: Error) => error.message;

/** Waits until the driver has a connection again, and the session has this count. */
function expectAtLast(own: () => AppSession<Data>, n: number): Promise<void> {
  const read = () =>
    own()
      .get('n')
      .catch(() => own().reload());
  return expect.poll(read, { timeout: 20_000 }).toBe(n);
}

/** Adds the tests of replies that are lost on their way to a driver. */
export function testLostReplies({ name, replies = 1, open }: Driver, direct: () => Direct): void {
  describe(`with ${name}`, () => {
    let proxy: ReplyCutter;
    let connection: OpenStore;
    beforeEach(async () => {
      proxy = await ReplyCutter.start(direct().port);
      connection = await open(proxy.port);
    });
    afterEach(async () => {
      await connection?.close();
      await proxy?.stop();
    });

    /** A visitor with a session, whom the test sees past the proxy. */
    async function visitor(data: Partial<Data>, options = {}) {
      const seen = new Browser(app(direct().store, options));
      await seen.visit((own) => own().setAll(data as Data));
      const browser = new Browser(app(connection.store, options), seen.cookies);
      await expect
        .poll(() => browser.visit((own) => own().all().catch(message)), { timeout: 20_000 })
        .toEqual(data);
      return {
        browser,
        stored: () => new Browser(app(direct().store, options), browser.cookies).visit((own) => own().all()),
      };
    }

    it.each<ReplyFault>(['cut', 'split'])(
      'a counter whose reply is lost (%s) goes up by one',
      async (fault) => {
        const { browser, stored } = await visitor({ n: 0 });
        for (let n = 1; n <= 5; n++) {
          await browser.visit(async (own) => {
            await expectAtLast(own, n - 1);
            proxy.lose(replies, fault);
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
        proxy.lose(replies, 'swallow');
        await expect(own().update(increment)).rejects.toMatchObject({
          code: 'ERR_SESSION_STORE_TIMEOUT',
          message: expect.stringContaining('Its outcome is unknown'),
        });
        // ioredis may now send the command again.
        proxy.disconnect();
        await expectAtLast(own, 1);
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
          const sessions = await app(direct().store).user(user).list();
          expect(sessions).toHaveLength(data.user ? 1 : 0);
        }
      }
    });
  });
}
