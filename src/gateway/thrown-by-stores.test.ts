import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { SessionError } from '../lib/errors.js';
import { nextAppSession } from '../next-app-session.js';
import { Browser } from '../test-kits/browser.js';
import { PlainStore, SpyStore } from '../test-kits/spy-store.js';
import { setUp } from '../test-kits/user-sessions.js';

const revoked = Proxy.revocable(new Error('revoked'), {});
revoked.revoke();
const throws = () => {
  throw new Error('from the getter');
};
const cyclic = new Error('cyclic');
cyclic.cause = cyclic;
const endless = (): Error => Object.defineProperty(new Error(), 'cause', { get: endless });
const SESSION_ERROR = ['ERR_SESSION_STORE', 'of a store'] as const;

const THROWN: [string, unknown][] = [
  ['a message that is no text', Object.assign(new Error(), { message: { secret: 1 } })],
  ['a stack that is an array', Object.assign(new Error('down'), { stack: ['at', 'a', 'store'] })],
  ['a getter that throws', Object.defineProperty(new Error('down'), 'message', { get: throws })],
  [
    'a Proxy whose traps throw',
    new Proxy(new Error('down'), { get: throws, has: throws, getPrototypeOf: throws }),
  ],
  ['a revoked Proxy', revoked.proxy],
  ['a revoked Proxy as a cause', new Error('down', { cause: revoked.proxy })],
  ['errors that are a revoked Proxy', Object.assign(new AggregateError([]), { errors: revoked.proxy })],
  ['a toString that throws', { toString: throws, [Symbol.toPrimitive]: throws }],
  ['an object without a prototype', Object.create(null)],
  // biome-ignore lint/suspicious/noThenProperty: that is the point.
  ['a thenable', { then: throws }],
  ['a cyclic cause', cyclic],
  ['causes without an end', endless()],
  ['a frozen error', Object.freeze(new Error('down'))],
  [
    'a frozen SessionError with a cause',
    Object.freeze(new SessionError(...SESSION_ERROR, { cause: new Error() })),
  ],
  [
    'a SessionError that throws',
    Object.defineProperty(new SessionError(...SESSION_ERROR), 'message', { get: throws }),
  ],
  [
    'a SessionError without a code',
    Object.defineProperty(new SessionError(...SESSION_ERROR), 'code', { get: throws }),
  ],
  ['a symbol', Symbol('down')],
  ['a function', throws],
  ['a bigint', 1n],
  ['null', null],
  ['undefined', undefined],
  ['a text', 'down'],
];

const FAILED = { code: 'ERR_SESSION_STORE', cause: expect.any(Error) };

/** Returns what a promise rejects with. `expect(…).rejects` looks at it too closely. */
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('It did not fail.'),
    (error: unknown) => error,
  );

describe.each(THROWN)('a store that throws %s', (_, thrown) => {
  it('ends each call of a session, and its next write goes on', async () => {
    const store = new SpyStore();
    const browser = new Browser(nextAppSession({ secret: 'a secret', store, onEvent: () => {} }));
    await browser.visit((session) => session().set('n', 1));
    await browser.visit(async (session) => {
      store.spy.fail('get', thrown);
      expect(await failure(session().get('n'))).toMatchObject(FAILED);
      await session().reload();
      store.spy.fail('set', thrown, 9);
      expect(await failure(session().set('n', 2))).toMatchObject(FAILED);
      expect(await failure(session().regenerate())).toMatchObject(FAILED);
      store.spy.calm();
      await session().set('n', 3);
      // A store that can compare and swap deletes by a swap.
      store.spy.fail('set', thrown, 9);
      expect(await failure(session().destroy())).toMatchObject(FAILED);
      store.spy.calm();
    });
    expect((await browser.visit((session) => session().get('n'))).result).toBe(3);
  });

  it('ends each call of a store that cannot compare and swap, and gives the lock of the session back', async () => {
    const store = new PlainStore();
    const browser = new Browser(nextAppSession({ secret: 'a secret', store }));
    await browser.visit((session) => session().set('n', 1));
    store.spy.fail('set', thrown);
    const first = browser.visit((session) => session().set('n', 2));
    const second = browser.visit((session) => session().update((data) => ({ ...data, m: 1 })));
    expect(await failure(first)).toMatchObject(FAILED);
    await second;
    expect((await browser.visit((session) => session().all())).result).toEqual({ n: 1, m: 1 });
  });

  it('ends each call of the users’ index', async () => {
    const { store, ada, signIn } = setUp();
    for (const [operation, call] of [
      ['index', () => signIn()],
      ['list', () => ada.list()],
      ['revoke', () => ada.revokeAll()],
    ] as const) {
      store.spy.fail(operation, thrown, 9);
      expect(await failure(call())).toMatchObject({ code: 'ERR_SESSION_STORE' });
      store.spy.calm();
    }
    await signIn();
    expect(await ada.revokeAll()).toBe(1);
  });

  it('ends the call that opens it, and the next one opens it', async () => {
    const open = vi.fn<() => PlainStore>().mockImplementationOnce(() => {
      throw thrown;
    });
    open.mockImplementation(() => new PlainStore());
    const browser = new Browser(nextAppSession({ secret: 'a secret', store: open }));
    expect(await failure(browser.visit((session) => session().set('n', 1)))).toMatchObject(FAILED);
    await browser.visit((session) => session().set('n', 2));
  });

  it('does not matter where the app’s own functions throw it', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const listed = () => {
      throw thrown;
    };
    const { ada, signIn } = setUp({ listed, onEvent: listed });
    await signIn();
    expect(await ada.list()).toMatchObject([{ data: {} }]);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(logged.mock.calls).toEqual([[expect.stringContaining('onEvent'), expect.any(Error)]]);
    logged.mockRestore();
  });
});

it('whatever a store throws, the call ends with ERR_SESSION_STORE, which can be shown', async () => {
  const parts = fc.dictionary(
    fc.constantFrom('name', 'message', 'stack', 'code', 'cause', 'errors'),
    fc.anything(),
  );
  const thrown = fc.oneof(
    fc.anything(),
    parts.map((own) => Object.assign(Object.create(Error.prototype), own)),
  );
  const store = new SpyStore();
  const browser = new Browser(nextAppSession({ secret: 'a secret', store }));
  await browser.visit((session) => session().set('n', 1));
  await fc.assert(
    fc.asyncProperty(thrown, fc.constantFrom('get', 'set'), async (error, operation) => {
      store.spy.fail(operation, error, 9);
      const failed = await browser.visit((session) => failure(session().set('n', 2)));
      store.spy.calm();
      expect(failed.result).toMatchObject({ code: 'ERR_SESSION_STORE' });
      expect(inspect(failed.result, { depth: null, showHidden: true })).toContain('SessionError');
    }),
  );
  await browser.visit((session) => session().set('n', 3));
});

it('a SessionError that a store throws passes, without what its cause holds', async () => {
  const store = new PlainStore();
  const browser = new Browser(nextAppSession({ secret: 'a secret', store }));
  await browser.visit((session) => session().set('user', 'ada'));
  const cause = Object.assign(new Error('insert of ada'), { code: 'SQLITE_BUSY', detail: 'ada' });
  store.spy.fail('set', new SessionError('ERR_SESSION_ID', 'The store says so.', { cause }));
  const { result } = await browser.visit((session) => failure(session().set('n', 1)));
  expect(result).toMatchObject({
    code: 'ERR_SESSION_ID',
    message: 'The store says so.',
    cause: { code: 'SQLITE_BUSY' },
  });
  expect(inspect((result as Error).cause, { showHidden: true })).not.toMatch(/\bada\b/);
});

it('a store on Drizzle: the parameters of its query stay out, the SQLSTATE is kept', async () => {
  const store = new PlainStore();
  const browser = new Browser(nextAppSession({ secret: 'a secret', store }));
  await browser.visit((session) => session().set('user', 'ada'));
  const params = [...store.records].flat();
  const cause = Object.assign(new Error('deadlock detected'), { code: '40P01', detail: params.join() });
  const query = 'insert into "sessions" values ($1, $2)';
  const thrown = Object.assign(new Error(`Failed query: ${query}\nparams: ${params}`, { cause }), {
    query,
    params,
  });
  store.spy.fail('set', thrown);
  const { result } = await browser.visit((session) => failure(session().set('n', 1)));
  expect(result).toMatchObject({
    cause: { code: '40P01', cause: { code: '40P01', message: 'deadlock detected' } },
  });
  const shown = inspect(result, { depth: null, showHidden: true });
  for (const told of ['insert', 'params', 'ada', params[0]])
    expect(shown).not.toMatch(new RegExp(`\\b${told}\\b`));
});

it('what the store option threw is said, without the password of its URL', async () => {
  const store = () => {
    throw new Error('no database at postgres://app:hunter2@db.internal/app: set DATABASE_URL');
  };
  const browser = new Browser(nextAppSession({ secret: 'a secret', store }));
  const { result } = await browser.visit((session) => failure(session().set('n', 1)));
  expect(result).toMatchObject({
    code: 'ERR_SESSION_STORE',
    message: expect.stringContaining('no database at postgres://…@db.internal/app: set DATABASE_URL'),
  });
  expect(inspect(result, { depth: null, showHidden: true })).not.toContain('hunter2');
});

describe('a store that returns', () => {
  const secretly = () => {
    throw new Error('a secret of the driver');
  };
  /** Expects a read to fail as with any error of a store, if the store returns this. */
  async function expectFailure(returned: unknown): Promise<void> {
    const store = new SpyStore();
    const browser = new Browser(nextAppSession({ secret: 'a secret', store }));
    await browser.visit((session) => session().set('n', 1));
    store.atomic.load = () => returned as never;
    await browser.visit(async (session) => {
      const error = await failure(session().get('n'));
      expect(error).toMatchObject(FAILED);
      expect(error).toHaveProperty('message', expect.not.stringContaining('a secret of the driver'));
    });
  }

  it.each<[string, object]>([
    ['a getter of then that throws', Object.defineProperty({}, 'then', { get: secretly })],
    // biome-ignore lint/suspicious/noThenProperty: that is the point.
    ['a then that throws', { then: secretly }],
    ['a Proxy whose traps throw', new Proxy({}, { get: secretly, has: secretly, getPrototypeOf: secretly })],
    ['a revoked Proxy', revoked.proxy],
  ])('%s, and no promise, makes the read fail as any error of a store', (_, returned) =>
    expectFailure(returned),
  );

  const hostile = new Proxy(
    {},
    { get: secretly, has: secretly, ownKeys: secretly, getPrototypeOf: secretly },
  );
  it.each<[string, object]>([
    ['a getter of the record', Object.defineProperty({ version: '' }, 'record', { get: secretly })],
    ['a record that is a Proxy', { record: hostile, version: '' }],
    [
      'a getter of the source',
      Object.defineProperty({ record: null, version: '' }, 'source', { get: secretly }),
    ],
    [
      'data with a getter',
      {
        record: {
          cookie: {},
          get n() {
            return secretly();
          },
        },
        version: '',
      },
    ],
  ])('%s that throws makes the read fail as any error of a store', async (_, loaded) => {
    for (const returned of [loaded, Promise.resolve(loaded)]) await expectFailure(returned);
  });
});
