import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionEvent } from '../events/session-event.js';
import { SessionError } from '../lib/errors.js';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { hashSessionId } from '../record/session-id.js';
import { MemoryStore } from '../stores/memory/memory-store.js';
import { Browser } from '../test-kits/browser.js';
import { PlainStore, SpyStore } from '../test-kits/spy-store.js';

const KEY = 'an encryption key of 32 letters, or of some more';
const OLD = 'the encryption key of last year, which is replaced';
const SECRET = 'a secret';
const ADA = 'ada';

type Data = { user: string; n: number; note: string };

let store: SpyStore;
let events: SessionEvent[];
beforeEach(() => {
  store = new SpyStore();
  events = [];
});

function setUp(options: Partial<Options<Data>> = {}) {
  return nextAppSession<Data>({
    secret: SECRET,
    store,
    encryptionKey: KEY,
    onEvent: (event) => events.push(event),
    user: ({ user }) => user,
    listed: ({ note }) => ({ note }),
    ...options,
  } as Options<Data>);
}

async function signIn(session = setUp(), note = 'of ada') {
  const browser = new Browser(session);
  await browser.visit((own) => own().regenerate(() => ({ user: ADA, note })));
  const { result: id } = await browser.visit((own) => own().id());
  return { browser, session, key: hashSessionId(String(id)) };
}

const all = (browser: Browser<Data>) => browser.visit((own) => own().all()).then(({ result }) => result);
const stored = async (key: string) => (await store.memory.get(key)) ?? {};

async function expectNoSession(browser: Browser<Data>, reason: string) {
  expect(await all(browser)).toEqual({});
  await vi.waitFor(() => expect(events).toContainEqual({ type: 'record_rejected', reason }), 20_000);
  expect(events).toContainEqual(expect.objectContaining({ operation: 'get', outcome: 'rejected' }));
}

it('the store sees neither the data nor the dates nor the user of a session', async () => {
  const { browser, key } = await signIn();
  const record = await stored(key);
  expect(Object.keys(record)).toEqual(['cookie', '__session']);
  expect(Object.keys(record.cookie ?? {})).toEqual(['expires']);
  expect(record.__session).toMatch(/^s1\./);
  expect(await all(browser)).toEqual({ user: ADA, note: 'of ada' });
});

it('writes, moves to a new ID with its grace, the list of a user and revocation work as without', async () => {
  const { browser, session } = await signIn();
  const old = new Browser(session, Object.fromEntries(browser.cookies));
  await Promise.all(
    [1, 2, 3].map(() => browser.visit((own) => own().update((data) => ({ ...data, n: (data.n ?? 0) + 1 })))),
  );
  await browser.visit((own) => own().regenerate());
  expect(await all(browser)).toMatchObject({ n: 3 });
  expect(await all(old)).toMatchObject({ n: 3 });
  const other = await signIn(session, 'elsewhere');
  const listed = await session.user(ADA).list();
  expect(listed.map(({ data }) => data)).toEqual(
    expect.arrayContaining([{ note: 'of ada' }, { note: 'elsewhere' }]),
  );
  expect(await session.user(ADA).revokeAll()).toBe(2);
  expect(await all(other.browser)).toEqual({});
  expect(await all(browser)).toEqual({});
  await signIn(session);
  expect(await session.user(ADA).list()).toHaveLength(1);
});

describe('who can write to the store', () => {
  it('cannot plant a session', async () => {
    const { browser, key } = await signIn();
    const planted = {
      cookie: { expires: Date.now() + 3_600_000 },
      __session: [2, 'sid', null, Date.now(), 0, 0],
      user: 'root',
    };
    await store.memory.set(key, planted as never);
    await expectNoSession(browser, 'not_sealed');
    // The text of another encryption key neither.
    const forged = setUp({ encryptionKey: OLD });
    await new Browser(forged, Object.fromEntries(browser.cookies)).visit((own) => own().set('user', 'root'));
    await store.memory.set(key, (await stored((await signIn(forged)).key)) as never);
    await expectNoSession(browser, 'sealed');
  });

  it('cannot move a record to another session', async () => {
    const session = setUp();
    const [ada, eve] = [await signIn(session), await signIn(session)];
    await store.memory.set(eve.key, (await stored(ada.key)) as never);
    await expectNoSession(eve.browser, 'sealed');
    expect(await all(ada.browser)).toMatchObject({ user: ADA });
  });

  it('cannot move a record to another cookie name', async () => {
    const { browser } = await signIn();
    const admin = new Browser(setUp({ name: 'admin' }), { admin: String(browser.cookies.get('sid')) });
    await expectNoSession(admin, 'sealed');
  });

  it('cannot cut it off', async () => {
    const { browser, key } = await signIn();
    const record = await stored(key);
    await store.memory.set(key, { ...record, __session: String(record.__session).slice(0, -1) } as never);
    await expectNoSession(browser, 'sealed');
  });

  it('cannot make a session live longer', async () => {
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
    try {
      const { browser, key } = await signIn(setUp({ idleTimeout: 60 }));
      await store.memory.set(key, { ...(await stored(key)), cookie: { expires: Date.now() + 9e9 } } as never);
      vi.setSystemTime(Date.now() + 61_000);
      expect(await all(browser)).toEqual({});
    } finally {
      vi.useRealTimers();
    }
  });

  it('can delete it, and put back an older version', async () => {
    const { browser, key } = await signIn();
    const older = await stored(key);
    await browser.visit((own) => own().set('n', 2));
    await store.memory.set(key, older as never);
    expect(await all(browser)).toEqual({ user: ADA, note: 'of ada' });
    await store.memory.destroy(key);
    expect(await all(browser)).toEqual({});
  });

  it('sees which sessions have the same user, and until when they live', async () => {
    const session = setUp();
    const [one, two] = [await signIn(session), await signIn(session)];
    const list = vi.spyOn(store.memory.users, 'list');
    await session.user(ADA).list();
    const page = await list.mock.results[0]?.value;
    expect(page.entries).toHaveLength(2);
    expect(JSON.stringify(page)).toContain(one.key);
    expect(JSON.stringify(page)).toContain(two.key);
    expect((await stored(one.key)).cookie?.expires).toBeGreaterThan(Date.now());
  });
});

describe('several keys', () => {
  const rotated = () => setUp({ encryptionKey: [KEY, OLD] });

  it('a read opens what an older one sealed, and seals it with the first', async () => {
    const { browser, key } = await signIn(setUp({ encryptionKey: OLD }));
    const { cookies } = browser;
    expect(await all(new Browser(rotated(), Object.fromEntries(cookies)))).toMatchObject({ user: ADA });
    const renewed = await stored(key);
    store.spy.reset();
    expect(await all(new Browser(rotated(), Object.fromEntries(cookies)))).toMatchObject({ user: ADA });
    expect(await stored(key)).toEqual(renewed);
    expect(store.spy.calls).toEqual(['get']);
    // So the old key can go.
    expect(await all(new Browser(setUp(), Object.fromEntries(cookies)))).toMatchObject({ user: ADA });
  });

  it('a store that takes no writes does not fail the read', async () => {
    const { browser } = await signIn(setUp({ encryptionKey: OLD }));
    store.spy.fail('set', new Error('READONLY'));
    expect(await all(new Browser(rotated(), Object.fromEntries(browser.cookies)))).toMatchObject({
      user: ADA,
    });
  });

  it('100 reads at once of a session that another one writes lose nothing', async () => {
    const { browser } = await signIn(setUp({ encryptionKey: OLD }));
    const session = rotated();
    const visits = Array.from({ length: 100 }, (_, at) => {
      const one = new Browser(session, Object.fromEntries(browser.cookies));
      return at % 10 === 0
        ? one.visit((own) => own().update((data) => ({ ...data, n: (data.n ?? 0) + 1 })))
        : one.visit((own) => own().all());
    });
    await Promise.all(visits);
    expect(await all(new Browser(setUp(), Object.fromEntries(browser.cookies)))).toMatchObject({ n: 10 });
  });

  it('what a dropped key sealed is no session', async () => {
    const { browser } = await signIn(setUp({ encryptionKey: OLD }));
    await expectNoSession(new Browser(setUp(), Object.fromEntries(browser.cookies)), 'sealed');
  });

  it('a store without compare and swap has its records sealed with the first, too', async () => {
    const plain = new PlainStore();
    const open = (encryptionKey: Options['encryptionKey']) =>
      nextAppSession<Data>({ secret: SECRET, store: plain, hashIds: true, encryptionKey });
    const browser = new Browser(open(OLD));
    await browser.visit((own) => own().set('note', 'kept'));
    const cookies = Object.fromEntries(browser.cookies);
    expect(await all(new Browser(open([KEY, OLD]), cookies))).toEqual({ note: 'kept' });
    expect(await all(new Browser(open(KEY), cookies))).toEqual({ note: 'kept' });
  });
});

it('a set-up without a key takes no sealed record for a session, and says so', async () => {
  const { browser } = await signIn();
  const { encryptionKey: _, ...rest } = { encryptionKey: KEY, secret: SECRET };
  const plain = nextAppSession<Data>({ ...rest, store, onEvent: (event) => events.push(event) });
  await expectNoSession(new Browser(plain, Object.fromEntries(browser.cookies)), 'sealed');
});

describe('the option', () => {
  const refused: [string, object, string][] = [
    ['too short', { encryptionKey: 'short' }, '32 characters or more'],
    ['too short in an array', { encryptionKey: [KEY, 'short'] }, '32 characters or more'],
    ['undefined', { encryptionKey: undefined }, 'environment variable'],
    ['an empty array', { encryptionKey: [] }, 'environment variable'],
    ['no text', { encryptionKey: Buffer.alloc(32) }, 'no string. Give bytes as buffer.toString'],
    ['the secret', { encryptionKey: KEY, secret: [SECRET, KEY] }, 'another value than secret'],
    ['without hashed IDs', { encryptionKey: KEY, hashIds: false }, 'hashIds: true'],
    ['on a store that hashes no IDs', { encryptionKey: KEY, store: new PlainStore() }, 'hashIds: true'],
    [
      'with a serializer',
      { encryptionKey: KEY, store: Object.assign(new MemoryStore(), { serializer: JSON }) },
      'serializer',
    ],
  ];
  it.each(refused)('throws at start: %s', (_, options, fix) => {
    const start = () => nextAppSession({ secret: SECRET, ...options });
    expect(start).toThrow(
      expect.objectContaining({ code: 'ERR_SESSION_OPTIONS', message: expect.stringContaining(fix) }),
    );
    expect(start).toThrow('encryptionKey');
    expect(start).not.toThrow(KEY);
  });

  it('throws at first use where a function makes the store', async () => {
    const session = setUp({ store: () => new PlainStore(), user: undefined });
    const failed = await all(new Browser(session)).catch((error) => error);
    await new Browser(session)
      .visit((own) => own().set('n', 1))
      .then(
        () => expect.unreachable(),
        (error) => expect(error).toMatchObject({ code: 'ERR_SESSION_OPTIONS' }),
      );
    expect(failed).toEqual({});
  });

  it('in a build without keys, what seals or opens throws the error, and nothing is written in the clear', async () => {
    vi.stubEnv('NEXT_PHASE', 'phase-production-build');
    try {
      const session = setUp({ encryptionKey: undefined });
      const write = new Browser(session).visit((own) => own().set('n', 1));
      await expect(write).rejects.toSatisfy(
        (error) => SessionError.is(error) && error.code === 'ERR_SESSION_OPTIONS',
      );
      expect(store.spy.calls).not.toContain('set');
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
