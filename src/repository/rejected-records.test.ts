import { describe, expect, it, vi } from 'vitest';
import { signId } from '../cookie/signature.js';
import type { SessionEvent } from '../events/session-event.js';
import { nextAppSession } from '../next-app-session.js';
import type { Options } from '../options/options.js';
import { hashSessionId, sessionHandle } from '../record/session-id.js';
import { callOptions, type SessionRecord } from '../store-contract/store.js';
import { Browser } from '../test-kits/browser.js';
import { PlainStore, SpyStore } from '../test-kits/spy-store.js';
import { ADA, setUp as setUpUsers } from '../test-kits/user-sessions.js';

const SECRET = 'a secret';
const ID = 'i'.repeat(22);

function setUp(options: Partial<Options> = {}) {
  const store = new SpyStore();
  const events: SessionEvent[] = [];
  const session = nextAppSession<{ n?: number }>({
    secret: SECRET,
    store,
    onEvent: (event) => events.push(event),
    ...options,
  });
  /** A browser whose cookie leads to this record. */
  const browserOf = async (record: unknown) => {
    await store.memory.set(hashSessionId(ID), record as SessionRecord);
    return new Browser(session, { sid: signId(ID, [SECRET]) });
  };
  const stored = () => store.memory.get(hashSessionId(ID));
  const rejection = () =>
    vi.waitFor(() => {
      const found = events.find(({ type }) => type === 'record_rejected');
      expect(found).toBeDefined();
      return found;
    }, 20_000);
  return { store, session, browserOf, stored, rejection, events };
}

const future = Date.now() + 3_600_000;
const LATER = {
  'an array of format 3': [3, 'sid', 'nonce', Date.now(), 0, 0],
  'an object of format 3': { format: 3, name: 'sid' },
  'a sealed body': 'c2VhbGVk',
};

describe('a record of a later format', () => {
  it.each(Object.entries(LATER))('is no session, with an event, and stays as it is: %s', async (_, meta) => {
    const { browserOf, stored, rejection, events } = setUp();
    const record = { cookie: { expires: future }, __session: meta, n: 1 };
    const browser = await browserOf(record);
    await browser.visit(async (own) => {
      expect(await own().all()).toEqual({});
      expect(await own().id()).toBeNull();
    });
    await browser.visit((own) => own().destroy());
    expect(await stored()).toEqual(record);
    expect(await rejection()).toEqual({ type: 'record_rejected', reason: 'later_format' });
    expect(events).toContainEqual(expect.objectContaining({ operation: 'get', outcome: 'rejected' }));
  });

  it.each(Object.entries(LATER))(
    'is not overwritten: a write starts another session: %s',
    async (_, meta) => {
      const { browserOf, stored } = setUp();
      const record = { cookie: { expires: future }, __session: meta, n: 1 };
      const browser = await browserOf(record);
      await browser.visit((own) => own().set('n', 2));
      expect((await browser.visit((own) => own().id())).result).not.toBe(ID);
      expect((await browser.visit((own) => own().get('n'))).result).toBe(2);
      expect(await stored()).toEqual(record);
    },
  );
});

describe('a cookie of one name', () => {
  const areas = (store: SpyStore | PlainStore, options: Partial<Options> = {}) => {
    const shared = { secret: SECRET, store, ...options };
    const shop = nextAppSession<{ n?: number }>({ name: 'sid', ...shared });
    const staff = nextAppSession<{ n?: number }>({ name: 'staff', ...shared });
    return { shop, staff };
  };

  it.each([
    ['that compares and swaps', () => new SpyStore(), {}],
    ['of three methods', () => new PlainStore(), {}],
    ['shared with express-session', () => new SpyStore(), { hashIds: false }],
  ])('opens no session of another, on a store %s', async (_, makeStore, options) => {
    const { shop, staff } = areas(makeStore(), options);
    const customer = new Browser(shop);
    await customer.visit((own) => own().set('n', 1));
    const renamed = new Browser(staff, { staff: customer.cookies.get('sid') ?? '' });
    expect((await renamed.visit((own) => own().all())).result).toEqual({});
    await renamed.visit((own) => own().destroy());
    await renamed.visit((own) => own().set('n', 2));
    await renamed.visit((own) => own().regenerate());
    expect((await customer.visit((own) => own().all())).result).toEqual({ n: 1 });
  });

  it('takes no session out of the index of its user', async () => {
    const store = new SpyStore();
    const shop = setUpUsers({ store, name: 'shop' });
    const { session: staff } = setUpUsers({ store, name: 'staff' });
    const customer = await shop.signIn();
    const renamed = new Browser(staff, { staff: customer.cookies.get('shop') ?? '' });
    await renamed.visit((own) => own().set('n', 1));
    expect(await shop.ada.revokeAll()).toBe(1);
    expect((await customer.visit((own) => own().all())).result).toEqual({});
  });

  it.each([
    ['1.x', { n: 1 }],
    ['express-session', { cookie: { originalMaxAge: null, path: '/' }, n: 1 }],
  ])('opens a record without a name, of %s, and the first read gives it one', async (_, record) => {
    const { session, browserOf, store } = setUp();
    const browser = await browserOf(record);
    expect((await browser.visit((own) => own().all())).result).toEqual({ n: 1 });
    const other = nextAppSession({ name: 'staff', secret: SECRET, store });
    const renamed = new Browser(other, { staff: signId(ID, [SECRET]) });
    expect((await renamed.visit((own) => own().all())).result).toEqual({});
    expect(
      (await new Browser(session, { sid: signId(ID, [SECRET]) }).visit((own) => own().all())).result,
    ).toEqual({
      n: 1,
    });
  });
});

describe('a corrupted record', () => {
  it.each([7, 'text', true, [1]])('is no session, with an event and an outcome: %j', async (record) => {
    const { store, browserOf, rejection, events } = setUp();
    const browser = await browserOf({});
    vi.spyOn(store.memory.atomic, 'load').mockResolvedValue({ record: record as never, version: 'v' });
    expect((await browser.visit((own) => own().all())).result).toEqual({});
    vi.restoreAllMocks();
    expect(await rejection()).toEqual({ type: 'record_rejected', reason: 'unreadable' });
    expect(events).toContainEqual(expect.objectContaining({ operation: 'get', outcome: 'rejected' }));
  });

  it('with garbage for what the library says is no session', async () => {
    for (const meta of [7, true, null, [], [2], [2, 'sid'], [2, 5, 'nonce', 1], ['2', 'sid', 'nonce', 1]]) {
      const { browserOf } = setUp();
      const browser = await browserOf({ cookie: { expires: future }, __session: meta, n: 1 });
      expect((await browser.visit((own) => own().all())).result).toEqual({});
    }
  });
});

it.each([1e300, 1e13, -5, 0, '60', {}])('a lifetime of %j in a record is none', async (maxAge) => {
  const { browserOf } = setUp();
  const meta = [2, 'sid', 'nonce', Date.now(), 0, 0, null, { maxAge }];
  const browser = await browserOf({ cookie: { expires: future }, __session: meta, n: 1 });
  await browser.visit((own) => own().set('n', 2));
  expect((await browser.visit((own) => own().all())).result).toEqual({ n: 2 });
});

it('planted grace copies let nobody delete the session of another', async () => {
  for (const options of [{}, { hashIds: false }] as const) {
    const { store, session, signIn, ada } = setUpUsers(options);
    const thief = await signIn('ada', 'thief');
    const victim = await signIn('bob', 'victim');
    const keyOf = async (browser: typeof thief) => {
      const id = (await browser.visit((own) => own().id())).result ?? '';
      return 'hashIds' in options ? id : hashSessionId(id);
    };
    const record = (await store.memory.get(await keyOf(thief))) ?? {};
    const copies = [[await keyOf(victim), Date.now() + 60_000]];
    const meta = record.__session;
    const planted = Array.isArray(meta)
      ? [...meta.slice(0, -1), { ...meta.at(-1), copies: [[copies[0]?.[0], 60_000]] }]
      : { ...(meta as object), copies };
    await store.memory.set(await keyOf(thief), { ...record, __session: planted });
    expect(await ada.revokeAll()).toBe(1);
    const seen = await new Browser(session, Object.fromEntries(victim.cookies)).visit((own) => own().all());
    expect(seen.result).toMatchObject({ userId: 'bob' });
  }
});

it('a planted claim of another session’s index entry ends that session at no sign-out and no new ID', async () => {
  for (const leave of ['destroy', 'regenerate'] as const) {
    const { store, session, signIn } = setUpUsers({});
    const thief = await signIn('ada', 'thief');
    const victim = await signIn('ada', 'victim');
    const keyOf = async (browser: typeof thief) =>
      hashSessionId((await browser.visit((own) => own().id())).result ?? '');
    const [own, other] = [await keyOf(thief), await keyOf(victim)];
    const meta = (await store.memory.get(own))?.__session as unknown[];
    const { users } = meta.at(-1) as { users: [user: string, until: number][] };
    const claim = { users: users.map(([user, until]) => [user, until, sessionHandle(other)]) };
    await store.memory.set(own, {
      ...(await store.memory.get(own)),
      __session: [...meta.slice(0, -1), claim],
    });
    await thief.visit((own) => own()[leave]()).catch(() => {});
    expect((await thief.visit((own) => own().all())).result).toEqual({});
    const seen = await new Browser(session, Object.fromEntries(victim.cookies)).visit((own) => own().all());
    expect(seen.result).toMatchObject({ device: 'victim' });
  }
});

it('a session whose index is lost ends with its next new ID, since nobody could revoke it', async () => {
  const { store, signIn, ada } = setUpUsers({});
  const browser = await signIn('ada', 'here');
  const { entries } = await store.memory.users.list(ADA, { limit: 9 }, callOptions());
  const keys = entries.flatMap(({ entry, records }) => records.map(({ key }) => ({ entry, key })));
  await store.memory.users.remove(ADA, keys, callOptions());
  const moved = browser.visit((own) => own().regenerate());
  await expect(moved).rejects.toMatchObject({ code: 'ERR_SESSION_GONE' });
  expect((await browser.visit((own) => own().all())).result).toEqual({});
  await browser.visit((own) => own().setAll({ userId: 'ada', device: 'again' }));
  expect((await ada.list()).map(({ data }) => data.device)).toEqual(['again']);
});
