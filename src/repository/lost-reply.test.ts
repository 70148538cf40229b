import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SessionEvent } from '../events/session-event.js';
import { nextAppSession } from '../next-app-session.js';
import type { AppSession } from '../session/app-session.js';
import { Browser } from '../test-kits/browser.js';
import { actAsProcesses } from '../test-kits/processes.js';
import { PlainStore, REFUSAL, SpyStore } from '../test-kits/spy-store.js';

interface Data {
  n?: number;
  cart?: string;
  user?: string;
}

const LOST = new Error('Connection is closed.');

const increment = (data: Data) => ({ ...data, n: (data.n ?? 0) + 1 });

async function setUp(options: { hashIds?: boolean; regenerateGrace?: number; storeTimeout?: number } = {}) {
  const store = new SpyStore();
  const events: SessionEvent[] = [];
  const session = nextAppSession<Data>({
    name: 'lost-reply',
    secret: 'a secret',
    store,
    user: ({ user }) => user,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const browser = new Browser(session);
  await browser.visit((own) => own().setAll({ n: 1, cart: 'full' }));
  store.spy.reset();
  events.length = 0;
  const conflicts = () => events.filter(({ type }) => type === 'conflict').length;
  const all = async (of = browser) => (await of.visit((own) => own().all())).result;
  const signIn = () => browser.visit((own) => own().regenerate((data) => ({ ...data, user: 'ada' })));
  return { store, session, browser, conflicts, all, signIn };
}

/** Runs the next swap twice and answers as the second one, as a driver does that sends a command again. */
function sendTwice({ atomic, memory }: SpyStore): void {
  vi.spyOn(atomic, 'swap').mockImplementationOnce(async (...args) => {
    await memory.atomic.swap(...args);
    return memory.atomic.swap(...args);
  });
}

const UNKNOWN = { code: 'ERR_SESSION_STORE', message: expect.stringContaining('outcome is unknown') };

describe('the reply of a write is lost', () => {
  it('update() adds one, and the request has the new value', async () => {
    const { store, browser, all } = await setUp();
    store.spy.lose('set', LOST);
    await browser.visit(async (own) => {
      await own().update(increment);
      expect(await own().get('n')).toBe(2);
    });
    expect(store.spy.calls).toEqual(['get', 'set', 'get']);
    expect(await all()).toEqual({ n: 2, cart: 'full' });
  });

  it('update() adds one if the command was lost itself: it is sent again', async () => {
    const { store, browser, all } = await setUp();
    store.spy.fail('set', LOST);
    await browser.visit((own) => own().update(increment));
    expect(await all()).toEqual({ n: 2, cart: 'full' });
  });

  it('update() adds one if the driver sends the command twice, and there is no conflict', async () => {
    const { store, browser, all, conflicts } = await setUp();
    sendTwice(store);
    await browser.visit((own) => own().update(increment));
    expect(conflicts()).toBe(0);
    expect(await all()).toEqual({ n: 2, cart: 'full' });
  });

  it('a new session is created once, with a cookie', async () => {
    const { store, session, all } = await setUp();
    for (const fault of [() => store.spy.lose('set', LOST), () => sendTwice(store)]) {
      fault();
      const visitor = new Browser(session);
      await visitor.visit((own) => own().set('n', 7));
      expect(await all(visitor)).toEqual({ n: 7 });
    }
  });

  it('the outcome is unknown if the store cannot be read either: the error says so, the copy is dropped', async () => {
    const { store, browser, all } = await setUp();
    await browser.visit(async (own) => {
      await own().get('n');
      store.spy.lose('set', LOST);
      store.spy.fail('get', LOST);
      await expect(own().update(increment)).rejects.toMatchObject({
        code: 'ERR_SESSION_STORE',
        message: expect.stringContaining('Its outcome is unknown'),
        cause: { message: LOST.message },
      });
      // It did take effect.
      expect(await own().get('n')).toBe(2);
      await own().update(increment);
    });
    expect(await all()).toMatchObject({ n: 3 });
  });

  it('a write that the driver sent twice is unknown too, if it cannot be checked', async () => {
    const { store, browser } = await setUp();
    await browser.visit(async (own) => {
      await own().get('n');
      sendTwice(store);
      store.spy.fail('get', LOST);
      await expect(own().update(increment)).rejects.toMatchObject({
        code: 'ERR_SESSION_STORE',
        message: expect.stringContaining('Its outcome is unknown'),
      });
      expect(await own().get('n')).toBe(2);
    });
  });

  it('a sign-out that the driver sent twice is unknown too, if the store cannot be read after it', async () => {
    const { store, browser, all } = await setUp();
    await browser.visit(async (own) => {
      await own().get('n');
      sendTwice(store);
      store.spy.fail('get', LOST);
      await expect(own().destroy()).rejects.toMatchObject(UNKNOWN);
    });
    expect(await all()).toEqual({});
  });

  it('a sign-out whose revocation was not answered is unknown, if the store cannot be read after it', async () => {
    const { store, browser, all, signIn } = await setUp({ regenerateGrace: 60 });
    await signIn();
    await browser.visit(async (own) => {
      await own().get('n');
      store.spy.lose('revoke', LOST);
      store.spy.fail('get', LOST);
      await expect(own().destroy()).rejects.toMatchObject(UNKNOWN);
    });
    await browser.visit((own) => own().destroy());
    expect(await all()).toEqual({});
  });

  it('a write that was not sent changed nothing, and the error says so', async () => {
    const { store, browser } = await setUp();
    const unsent = new Error("Stream isn't writeable and enableOfflineQueue options is false");
    await browser.visit(async (own) => {
      await own().get('n');
      store.spy.fail('set', unsent);
      await expect(own().update(increment)).rejects.toMatchObject({
        message: expect.stringContaining('set was not sent: nothing was read or written'),
      });
      expect(await own().get('n')).toBe(1);
    });
    expect(store.spy.calls).toEqual(['get', 'set']);
  });

  it('a write that was refused changed nothing, and the error says so', async () => {
    const { store, browser } = await setUp();
    await browser.visit(async (own) => {
      await own().get('n');
      store.spy.fail('set', REFUSAL);
      await expect(own().update(increment)).rejects.toMatchObject({
        code: 'ERR_SESSION_STORE',
        message: expect.stringContaining('refused set; error.cause says why. Nothing was changed.'),
      });
      expect(await own().get('n')).toBe(1);
    });
    expect(store.spy.calls).toEqual(['get', 'set']);
  });

  it('is looked for once the client has a new connection', async () => {
    const { store, browser, all } = await setUp();
    await browser.visit(async (own) => {
      await own().get('n');
      store.spy.lose('set', LOST);
      store.spy.fail('get', new Error('The client is offline'), 3);
      await own().update(increment);
    });
    expect(await all()).toMatchObject({ n: 2 });
  });

  it('on a store without compare and swap the outcome is unknown', async () => {
    const store = new PlainStore();
    const browser = new Browser(nextAppSession<Data>({ name: 'lost-plain', secret: 'a secret', store }));
    await browser.visit((own) => own().set('n', 1));
    await browser.visit(async (own) => {
      await own().get('n');
      store.spy.lose('set', LOST);
      await expect(own().update(increment)).rejects.toMatchObject({
        message: expect.stringContaining('Its outcome is unknown'),
      });
      expect(await own().get('n')).toBe(2);
    });
  });
});

describe('the reply of a write is lost, and another process writes after it', () => {
  actAsProcesses();

  it('nothing is applied again: the outcome is unknown', async () => {
    const { store, session, browser, all } = await setUp();
    const other = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit(async (own) => {
      await own().get('n');
      vi.spyOn(store.atomic, 'swap').mockImplementationOnce(async (...args) => {
        await store.memory.atomic.swap(...args);
        await other.visit((its) => its().set('cart', 'empty'));
        throw LOST;
      });
      await expect(own().update(increment)).rejects.toMatchObject({
        message: expect.stringContaining('Its outcome is unknown'),
      });
      expect(await own().all()).toEqual({ n: 2, cart: 'empty' });
    });
    expect(await all()).toEqual({ n: 2, cart: 'empty' });
  });

  it.each([
    ['gives the session a new ID', (own: AppSession<Data>) => own.regenerate(), { n: 2, cart: 'full' }],
    ['ends the session', (own: AppSession<Data>) => own.destroy(), {}],
  ])('and %s: nobody is told that nothing was written, since others have seen it', async (_, end, left) => {
    const { store, session, browser, all } = await setUp({ regenerateGrace: 0 });
    const other = new Browser(session, Object.fromEntries(browser.cookies));
    vi.spyOn(store.atomic, 'swap').mockImplementationOnce(async (...args) => {
      await store.memory.atomic.swap(...args);
      await other.visit(async (its) => {
        expect(await its().get('n')).toBe(2);
        await end(its());
      });
      throw LOST;
    });
    await browser.visit(async (own) => {
      await expect(own().update(increment)).rejects.toMatchObject({
        code: 'ERR_SESSION_STORE',
        message: expect.stringContaining('Its outcome is unknown'),
      });
    });
    expect(await all(other)).toEqual(left);
  });
});

describe('the reply of a deletion is lost', () => {
  it.each([true, false])(
    'destroy() ends the session and expires the cookie, with hashIds: %s',
    async (hashIds) => {
      const { store, browser, all, signIn } = await setUp({ hashIds });
      for (const operation of ['set', 'destroy', 'revoke'] as const) {
        await signIn();
        store.spy.lose(operation, LOST);
        await browser.visit((own) =>
          own()
            .destroy()
            .catch(() => own().destroy()),
        );
        expect(browser.cookies.size).toBe(0);
        expect(await all()).toEqual({});
        store.spy.calm();
      }
    },
  );
});

describe('at a sign-in the reply of one step is lost', () => {
  const options = [
    ['with a grace copy', {}],
    ['without one', { regenerateGrace: 0 }],
    ['with shared records', { hashIds: false }],
  ] as const;
  const steps = ['index', 'set', 'destroy', 'unindex', 'get'] as const;
  const cases = options.flatMap(([name, option]) =>
    steps.flatMap((step) => [1, 2].map((nth) => ({ name, option, step, nth }))),
  );

  it.each(cases)('$name, $step $nth: one session, with its cart', async ({ option, step, nth }) => {
    const { store, session, browser, all, signIn } = await setUp(option);
    let calls = 0;
    const loseNth = () => {
      calls += 1;
      if (calls === nth) store.spy.lose(step, LOST);
      return Promise.resolve();
    };
    for (let call = 0; call < nth; call++) store.spy.before(step, loseNth);
    const failed = await signIn().then(
      () => false,
      () => true,
    );
    store.spy.calm();
    const data = await all();
    expect(data).toEqual({ n: 1, cart: 'full', ...(!failed && { user: 'ada' }) });
    const listed = await session.user('ada').list();
    expect(listed).toHaveLength(data.user ? 1 : 0);
    await session.user('ada').revokeAll();
    if (data.user) expect(await all()).toEqual({});
    expect(browser.cookies.size).toBe(1);
  });

  it.each(options.slice(0, 2))('$0: the driver sends each swap twice', async (_, option) => {
    const { store, session, all, signIn, conflicts } = await setUp(option);
    sendTwice(store);
    sendTwice(store);
    await signIn();
    expect(conflicts()).toBe(0);
    expect(await all()).toEqual({ n: 1, cart: 'full', user: 'ada' });
    expect(await session.user('ada').list()).toHaveLength(1);
  });

  it('and the store cannot be read after the old record: the visitor has the new session', async () => {
    const { store, session, browser, all } = await setUp();
    const { cookies } = await browser.visit(async (own) => {
      await own().get('n');
      store.spy.before('set', async () => store.spy.before('set', async () => store.spy.lose('set', LOST)));
      store.spy.fail('get', LOST);
      await expect(own().regenerate((data) => ({ ...data, user: 'ada' }))).rejects.toMatchObject({
        message: expect.stringContaining('Its outcome is unknown'),
      });
      expect(await own().get('user')).toBe('ada');
    });
    expect(cookies).toHaveLength(1);
    expect(await all()).toEqual({ n: 1, cart: 'full', user: 'ada' });
    expect(await session.user('ada').list()).toHaveLength(1);
  });

  it.each<[string, (store: SpyStore) => void]>([
    [
      'the reply is lost',
      ({ spy }) => spy.before('set', async () => spy.before('set', async () => spy.lose('set', LOST))),
    ],
    ['the driver sends the command twice', (store) => store.spy.before('set', async () => sendTwice(store))],
  ])('and the grace copy has run out before it is looked for, %s: there is a session', async (_, fault) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { store, session, browser, all } = await setUp({ regenerateGrace: 1 });
    const { cookies } = await browser.visit(async (own) => {
      await own().get('n');
      fault(store);
      store.spy.before('get', async () => void vi.setSystemTime(Date.now() + 1001));
      await expect(own().regenerate((data) => ({ ...data, user: 'ada' }))).rejects.toMatchObject({
        message: expect.stringContaining('Its outcome is unknown'),
      });
      expect(await own().get('user')).toBe('ada');
    });
    expect(cookies).toHaveLength(1);
    expect(await all()).toEqual({ n: 1, cart: 'full', user: 'ada' });
    expect(await session.user('ada').list()).toHaveLength(1);
  });

  it('and the session has been signed out before it can be looked for: it stays signed out', async () => {
    const { store, session, browser, all } = await setUp({ regenerateGrace: 60 });
    const other = new Browser(session, Object.fromEntries(browser.cookies));
    await browser.visit(async (own) => {
      await own().get('n');
      store.spy.before('set', async () => store.spy.before('set', async () => store.spy.lose('set', LOST)));
      store.spy.before('get', async () => void (await other.visit((its) => its().destroy())));
      await expect(own().regenerate()).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
    });
    expect(await all()).toEqual({});
  });
});
