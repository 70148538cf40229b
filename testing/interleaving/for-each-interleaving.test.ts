import { describe, expect, it, vi } from 'vitest';
import nextAppSession, { type SessionError } from '../../src/index.js';
import { MemoryStore } from '../../src/stores/memory/memory-store.js';
import { createSessionTester } from '../tester/create-session-tester.js';
import { forEachInterleaving } from './for-each-interleaving.js';

interface Data {
  userId: string;
  cart: string[];
  count: number;
  tokens: { access: string; refresh: number; expiresAt: number };
}

const session = nextAppSession<Data>({
  name: 'interleaved',
  secret: 'a secret that is long enough to be one',
  user: (data) => data.userId,
});

/** Loses what another request adds between its two calls. */
const addBadly = (item: string) => async () => {
  const cart = (await session().get('cart')) ?? [];
  await session().set('cart', [...cart, item]);
};

const add = (item: string) => () =>
  session().update((data) => ({ ...data, cart: [...(data.cart ?? []), item] }));

const rejection = (work: Promise<unknown>) =>
  work.catch((error: SessionError) => error) as Promise<SessionError>;

const raceOfCarts = (options: { readonly replay?: string; readonly seed?: number } = {}) =>
  rejection(
    forEachInterleaving(
      session,
      { data: { cart: [] }, ...options },
      [(t) => t.action(addBadly('pen')), (t) => t.action(addBadly('ink'))],
      async (t) => expect((await t.read())?.cart).toHaveLength(2),
    ),
  );

describe('a race', () => {
  it('is found, and its order is in the message, in words and to be replayed', async () => {
    const error = await raceOfCarts();
    expect(error).toMatchObject({ code: 'ERR_SESSION_RACE', cause: { name: 'AssertionError' } });
    expect(error.message).toMatch(
      /^The handlers fail in this order: (a read, b read, a wrote, b came too late to write, b read, b wrote|b read, a read, b wrote, a came too late to write, a read, a wrote): the check threw expected \[ '(ink|pen)' ] to have a length of 2 but got 1\n\nTo run this order alone, give the option replay: '[ab ]+'$/,
    );
  });

  it('is found again by the replay of its order, and by no other order', async () => {
    const { message } = await raceOfCarts();
    const replay = /replay: '([ab ]+)'/.exec(message)?.[1] as string;
    expect((await raceOfCarts({ replay })).message).toBe(message);
    expect(await raceOfCarts({ replay: 'a a a b b b' })).toEqual({ orders: 1, isComplete: false });
  });

  it('is not found where there is none, in any order', async () => {
    const report = await forEachInterleaving(
      session,
      { data: { cart: [] } },
      [(t) => t.action(add('pen')), (t) => t.action(add('ink'))],
      async (t) => expect((await t.read())?.cart?.toSorted()).toEqual(['ink', 'pen']),
    );
    expect(report).toEqual({ orders: expect.any(Number), isComplete: true });
    // Each reads and writes. The orders differ in who wrote first, and in whether the other had read before that.
    expect(report.orders).toBe(4);
  });

  it('fails for what a handler throws, too', async () => {
    const error = await rejection(
      forEachInterleaving(
        session,
        { data: { cart: [] } },
        [
          (t) => t.destroy(),
          (t) =>
            t.action(async () => {
              if ((await session().get('cart')) === null) return;
              await session().set('cart', ['pen']);
            }),
        ],
        () => {},
      ),
    );
    expect(error.message).toContain(
      'b read, a deleted, b came too late to write, b found no session: b threw',
    );
    expect(error.cause).toMatchObject({ code: 'ERR_SESSION_GONE' });
  });

  it('that fails one after the other is called no race', async () => {
    const error = await rejection(
      forEachInterleaving(session, {}, [(t) => t.action(add('pen'))], () => {
        throw new Error('always');
      }),
    );
    expect(error.message).toBe(
      'This is no race. Even one after the other, the handlers fail: a wrote: the check threw always',
    );
  });

  it('between two tabs of one browser shows in the cookies', async () => {
    // Each begins a session, and the browser keeps the later one.
    const error = await rejection(
      forEachInterleaving(
        session,
        {},
        [
          (t) => t.action(() => session().set('count', 1)),
          (t) => t.action(() => session().set('userId', 'ada')),
        ],
        async (t) => expect(await t.read()).toEqual({ count: 1, userId: 'ada' }),
      ),
    );
    expect(error.message).toMatch(/a wrote, b (wrote|added)|b added .*, a wrote/);
  });
});

describe('each handler', () => {
  it('is a process for itself: a store that cannot compare and swap loses an update', async () => {
    const memory = () => {
      const { get, set, destroy } = new MemoryStore();
      const inner = new MemoryStore();
      return {
        get: (id: string) => get.call(inner, id),
        set: (id: string, record: never) => set.call(inner, id, record),
        destroy: (id: string) => destroy.call(inner, id),
      };
    };
    const run = (store: () => object) =>
      rejection(
        forEachInterleaving(
          session,
          { data: { cart: [] }, store: store as never },
          [(t) => t.action(add('pen')), (t) => t.action(add('ink'))],
          async (t) => expect((await t.read())?.cart).toHaveLength(2),
        ),
      );
    expect((await run(memory)).message).toContain('a read, b read, a wrote, b wrote');
    expect(await run(() => new MemoryStore())).toMatchObject({ isComplete: true });
  });

  it('returns to the check what the tester returned', async () => {
    await forEachInterleaving(
      session,
      { data: { count: 1 } },
      [(t) => t.action(() => session().get('count')), (t) => t.route(() => Response.json({ ok: true }))],
      async (_, [read, answered]) => {
        expect(read.result).toBe(1);
        expect(await answered.response.json()).toEqual({ ok: true });
      },
    );
  });

  it('that waits for a timer is let go first', async () => {
    const waits = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return session().set('count', 2);
    };
    const report = await forEachInterleaving(
      session,
      { data: { count: 1 } },
      [(t) => t.action(waits), (t) => t.action(add('pen'))],
      async (t) => expect(await t.read()).toEqual({ count: 2, cart: ['pen'] }),
    );
    expect(report).toEqual({ orders: 4, isComplete: true });
  });

  it('that waits for another one does not stop it', async () => {
    let isFree = Promise.resolve();
    /** A lock of the app: it hides the race, within one process. */
    const locked = (code: () => Promise<void>) => () => {
      isFree = isFree.then(code);
      return isFree;
    };
    const report = await forEachInterleaving(
      session,
      { data: { cart: [] } },
      [(t) => t.action(locked(addBadly('pen'))), (t) => t.action(locked(addBadly('ink')))],
      async (t) => expect((await t.read())?.cart).toHaveLength(2),
    );
    expect(report.isComplete).toBe(true);
  });
});

describe('beside two requests of one visitor', () => {
  it('a revocation from elsewhere, which no write survives', async () => {
    const signedIn = { userId: 'ada', cart: [] };
    const addIfSignedIn = async () => {
      if (await session().has('userId')) await session().set('cart', ['pen']);
    };
    const report = await forEachInterleaving(
      session,
      { data: signedIn },
      [
        (t) => createSessionTester(session, { store: t.store }).user('ada').revokeAll(),
        (t) => t.action(addIfSignedIn).catch((error) => expect(error.code).toBe('ERR_SESSION_GONE')),
      ],
      async (t) => expect(await t.read()).toBeNull(),
    );
    expect(report.isComplete).toBe(true);
    expect(report.orders).toBeGreaterThan(3);
  });

  it('the end of the session between two calls', async () => {
    const seen = new Set<unknown>();
    await forEachInterleaving(
      session,
      { data: { count: 1 } },
      [
        (t) => t.advance({ days: 2 }),
        (t) =>
          t.action(async () => {
            const before = await session().get('count');
            const written = await session()
              .update((data) => ({ ...data, count: 2 }))
              .then(
                () => 'written',
                (error) => error.code,
              );
            return `${before} ${written}`;
          }),
      ],
      (_, [, { result }]) => seen.add(result),
    );
    expect([...seen].sort()).toEqual(['1 ERR_SESSION_GONE', '1 written', 'null written']);
  });

  it('another user of the same store', async () => {
    const bob = { userId: 'bob', cart: [] };
    const report = await forEachInterleaving(
      session,
      { data: { userId: 'ada', cart: [] } },
      [
        (t) => t.action(add('pen')),
        async (t) => {
          const other = createSessionTester(session, { store: t.store, data: bob });
          await other.action(add('ink'));
          return other.read();
        },
      ],
      async (t, [, others]) => {
        expect(await t.read()).toEqual({ userId: 'ada', cart: ['pen'] });
        expect(others).toEqual({ userId: 'bob', cart: ['ink'] });
      },
    );
    // They have nothing in common but the list of each user, which is another one.
    expect(report).toEqual({ orders: 1, isComplete: true });
  });

  it('the renewal of a value: one process calls renew, and both get the value', async () => {
    let uses = 0;
    const tokens = { access: 'old', refresh: 1, expiresAt: 0 };
    const refresh = () =>
      session().refresh('tokens', {
        isFresh: ({ expiresAt }, { now }) => expiresAt > now,
        renew: async ({ refresh }, _) => {
          uses += 1;
          return { access: 'new', refresh: refresh + 1, expiresAt: Number.MAX_SAFE_INTEGER };
        },
      });
    const report = await forEachInterleaving(
      session,
      {
        data: { tokens },
        before: () => {
          uses = 0;
        },
      },
      [(t) => t.action(refresh), (t) => t.action(refresh)],
      (_, results) => {
        for (const { result } of results) expect(result?.access).toBe('new');
        expect(uses).toBe(1);
      },
    );
    expect(report.isComplete).toBe(true);
    expect(report.orders).toBeGreaterThan(4);
  });

  it('renewals without refresh: the provider is asked twice, in one order after the other', async () => {
    let valid = 1;
    const refreshBadly = async () => {
      const tokens = await session().get('tokens');
      if (!tokens) return;
      if (tokens.refresh !== valid) throw new Error('invalid_grant');
      valid += 1;
      await session().set('tokens', { access: 'new', refresh: valid, expiresAt: 1 });
    };
    const error = await rejection(
      forEachInterleaving(
        session,
        {
          data: { tokens: { access: 'old', refresh: 1, expiresAt: 0 } },
          before: () => {
            valid = 1;
          },
        },
        [(t) => t.action(refreshBadly), (t) => t.action(refreshBadly)],
        () => {},
      ),
    );
    expect(error.message).toMatch(/(a read, b read|b read, a read).*threw invalid_grant/);
  });
});

describe('faults', () => {
  it('fail each call once, not sent or with its reply lost, and the session recovers where it can', async () => {
    const outcomes = new Set<string>();
    const report = await forEachInterleaving(
      session,
      { data: { cart: [] }, faults: true },
      [(t) => t.action(add('pen'))],
      async (t, [added]) => {
        const cart = (await t.read())?.cart;
        outcomes.add(`${added ? 'told so' : 'threw'}, ${cart?.length} in the cart`);
        if (added) expect(cart).toEqual(['pen']);
      },
    );
    expect(report.isComplete).toBe(true);
    // A lost reply is found out by reading again. A call that was not sent fails the request, and changes nothing.
    expect([...outcomes].sort()).toEqual(['threw, 0 in the cart', 'told so, 1 in the cart']);
  });

  it('find an app that does again what was done, and the replay has the fault', async () => {
    const again = async () => {
      const write = () => session().update(({ count = 0, ...data }) => ({ ...data, count: count + 1 }));
      await write();
      // What comes after it fails, and the app begins again.
      await session().get('cart');
      await session().regenerate().catch(write);
    };
    const run = (replay?: string) =>
      rejection(
        forEachInterleaving(
          session,
          { data: { count: 0 }, faults: true, replay },
          [(t) => t.action(again)],
          async (t) => expect((await t.read())?.count).toBeLessThan(2),
        ),
      );
    const { message } = await run();
    expect(message).toContain('a could not send its');
    const replay = /replay: '([a !?]+)'/.exec(message)?.[1];
    expect(replay).toContain('!');
    expect((await run(replay)).message).toBe(message);
  });
});

describe('more orders than max', () => {
  it('are sampled by the seed, with a warning', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const sample = async (seed: number) => {
      const orders: string[] = [];
      const log: string[] = [];
      const handler = (letter: string) => async () => {
        for (let at = 0; at < 2; at++) {
          await session().update(({ count = 0, ...data }) => ({ ...data, count: count + 1 }));
          log.push(letter);
        }
      };
      const report = await forEachInterleaving(
        session,
        { data: { count: 0 }, max: 30, seed },
        ['a', 'b', 'c'].map((letter) => (t) => t.action(handler(letter))),
        async (t) => {
          expect(await t.read()).toEqual({ count: 6 });
          orders.push(log.splice(0).join(''));
        },
      );
      expect(report).toEqual({ orders: 30, isComplete: false });
      return orders;
    };
    const first = await sample(1);
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining('ran a sample of 30 orders, and there are more'),
    );
    expect(await sample(1)).toEqual(first);
    expect(await sample(2)).not.toEqual(first);
    vi.restoreAllMocks();
  });
});

describe('one order', () => {
  it('leaves nothing in a store that all of them share', async () => {
    const store = new MemoryStore();
    const left = new Set<string>();
    const set = vi.spyOn(store, 'set');
    await forEachInterleaving(
      session,
      { store, data: { userId: 'ada', cart: [] } },
      [(t) => t.action(add('pen')).catch(() => {}), (t) => t.action(() => session().regenerate())],
      () => {},
    );
    await rejection(
      forEachInterleaving(session, { store, data: { cart: [] } }, [(t) => t.action(add('pen'))], () => {
        throw new Error('a race');
      }),
    );
    for (const [key] of set.mock.calls) if (await store.get(key)) left.add(key);
    expect(set.mock.calls.length).toBeGreaterThan(2);
    expect(left.size).toBe(0);
  });

  it('has the cookies that another tab has set, from the next request on', async () => {
    const seen = new Set<unknown>();
    await forEachInterleaving(
      session,
      { data: { count: 1 } },
      [
        async (t) => {
          await t.action(() => {});
          return (await t.action(() => session().get('count'))).result;
        },
        (t) =>
          t.action(async () => {
            await session().destroy();
            await session().set('count', 2);
          }),
      ],
      (_, [count]) => seen.add(count),
    );
    expect([...seen].sort()).toEqual([1, 2, null]);
  });

  it('begins with before, which the app may use', async () => {
    await forEachInterleaving(
      session,
      { before: (t) => t.action(() => session().set('count', 5)) },
      [(t) => t.action(() => session().get('count'))],
      (_, [{ result }]) => expect(result).toBe(5),
    );
  });
});
