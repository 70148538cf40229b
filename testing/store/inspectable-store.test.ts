import { describe, expect, it } from 'vitest';
import nextAppSession, {
  MemoryStore,
  promisifyStore,
  SessionError,
  type SessionRecord,
  type Store,
} from '../../src/index.js';
import { createSessionTester, InspectableStore, testStore } from '../index.js';

interface Data {
  user: string;
  n: number;
}

const session = nextAppSession<Data>({
  secret: 'a secret of these tests',
  idleTimeout: 3600,
  storeTimeout: 0.2,
});
const ada = { user: 'ada', n: 1 };

function setUp() {
  const t = createSessionTester(session, { data: ada });
  const user = () => t.component(() => session().get('user')).then(({ result }) => result);
  const add = () => t.action(() => session().update((data) => ({ ...data, n: (data.n ?? 0) + 1 })));
  return { t, store: t.store, user, add };
}

describe('calls', () => {
  it('have operation, outcome, time left and duration', async () => {
    const { t, store, user, add } = setUp();
    await user();
    await add();
    await t.action(() => session().destroy());
    expect(store.calls).toEqual([
      { operation: 'get', outcome: 'hit', ttl: 3600, durationMs: expect.any(Number) },
      { operation: 'get', outcome: 'hit', ttl: 3600, durationMs: expect.any(Number) },
      { operation: 'set', outcome: 'ok', ttl: 3600, durationMs: expect.any(Number) },
      { operation: 'get', outcome: 'hit', ttl: 3600, durationMs: expect.any(Number) },
      { operation: 'destroy', outcome: 'ok', durationMs: expect.any(Number) },
    ]);
    store.reset();
    expect(store.calls).toEqual([]);
  });

  it('of a regenerate are a new record and the grace copy', async () => {
    const { t, store } = setUp();
    await t.action(() => session().regenerate());
    expect(store.calls.map(({ operation, outcome, ttl }) => `${operation} ${outcome} ${ttl}`)).toEqual([
      'get hit 3600',
      'set ok 3600',
      'set ok 5',
    ]);
  });

  it('leave out what the test itself does', async () => {
    const { t, store } = setUp();
    await t.seed({ user: 'bob', n: 2 });
    await t.read();
    await store.sessions();
    await t.expire();
    await t.destroy();
    expect(store.calls).toEqual([]);
  });

  it('say expired if the store still has an expired record', async () => {
    const records = new Map<string, SessionRecord>();
    const plain: Store = {
      get: async (id) => records.get(id),
      set: async (id, record) => records.set(id, record),
      destroy: async (id) => records.delete(id),
    };
    const t = createSessionTester(session, { data: ada, store: plain });
    await t.expire();
    await t.component(() => session().get('user'));
    expect(t.store.calls).toMatchObject([
      { operation: 'get', outcome: 'expired' },
      // This store cannot compare, so the record is read again before it is deleted.
      { operation: 'get', outcome: 'expired' },
      { operation: 'destroy', outcome: 'ok' },
    ]);
  });
});

describe('faults', () => {
  it('fail: as many times as asked, then not again', async () => {
    const { store, user } = setUp();
    store.fail('get', { times: 2 });
    await expect(user()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    await expect(user()).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(await user()).toBe('ada');
    expect(store.calls.map(({ outcome }) => outcome)).toEqual(['error', 'error', 'hit']);
  });

  it('fail: a write that fails once fails the request, and changes nothing', async () => {
    const { t, store, add } = setUp();
    store.fail('set', { times: 1 });
    await expect(add()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE', cause: { code: 'ECONNREFUSED' } });
    expect(await t.read()).toEqual(ada);
    await add();
    expect(await t.read()).toEqual({ user: 'ada', n: 2 });
  });

  it('fail: until reset, with the error that the test gives', async () => {
    const { t, store, add } = setUp();
    store.fail('set', { error: new RangeError('full') });
    await expect(add()).rejects.toMatchObject({ cause: { name: 'RangeError', message: 'full' } });
    await expect(add()).rejects.toThrow();
    expect(await t.read()).toEqual(ada);
    store.reset();
    await add();
    expect(await t.read()).toEqual({ user: 'ada', n: 2 });
  });

  it('delay: a call past storeTimeout fails', async () => {
    const { store, user } = setUp();
    store.delay('get', 20);
    expect(await user()).toBe('ada');
    expect(store.calls[0]?.durationMs).toBeGreaterThanOrEqual(19);
    store.delay('get', 400);
    await expect(user()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
  });

  it('conflict: the write is tried again', async () => {
    const { t, store, add } = setUp();
    store.conflict(2);
    await add();
    expect(await t.read()).toEqual({ user: 'ada', n: 2 });
    expect(store.calls.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      'get hit',
      'set conflict',
      'get hit',
      'set conflict',
      'get hit',
      'set ok',
    ]);
    const plain = new InspectableStore(
      promisifyStore({ get() {}, set() {}, destroy() {} }, { name: 'plain' }),
    );
    expect(() => plain.conflict()).toThrow(/plain cannot/);
  });
});

describe('what is stored', () => {
  it('is listed, with the hash of the ID', async () => {
    const { t, store } = setUp();
    await t.read();
    const id = (await t.id()) ?? '';
    const [one] = await store.sessions();
    expect(one).toEqual({
      key: expect.stringMatching(/^.{43}$/),
      data: ada,
      createdAt: t.now,
      expiresAt: t.now + 3_600_000,
    });
    expect(one?.key).not.toBe(id);
    expect(await store.raw(id)).toMatchObject({ ...ada, cookie: { expires: t.now + 3_600_000 } });
    expect(await store.raw('unknown')).toBeNull();
  });

  it('can be restored from a snapshot', async () => {
    const { t, store, add } = setUp();
    await t.read();
    const before = await store.snapshot();
    await add();
    const other = createSessionTester(session, { store });
    await other.action(() => session().set('user', 'eve'));
    expect(await store.sessions()).toHaveLength(2);
    await store.restore(before);
    expect(await t.read()).toEqual(ada);
    expect(await other.read()).toBeNull();
    expect(await store.sessions()).toHaveLength(1);
  });
});

describe('around another store', () => {
  it('it has the capabilities of that store', () => {
    const memory = new InspectableStore();
    expect([typeof memory.atomic, typeof memory.users, memory.touch]).toEqual([
      'object',
      'object',
      undefined,
    ]);
    const plain = new InspectableStore({ get: () => null, set: () => {}, destroy: () => {} });
    expect([plain.atomic, plain.users, plain.touch]).toEqual([undefined, undefined, undefined]);
    expect(plain.hashIds).toBe(false);
    expect('load' in plain).toBe(false);
  });

  testStore({ describe, it, expect }, { create: () => new InspectableStore(new MemoryStore()) });
});

describe('a record that cannot be read', () => {
  const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

  it('is rejected in calls, null as raw, in no snapshot, and lets all else work', async () => {
    const records = new Map<string, SessionRecord>();
    const unreadable = new SessionError('ERR_SESSION_DATA', 'It cannot be read.');
    const store = new InspectableStore({
      get: (key) => (key === 'torn' ? Promise.reject(unreadable) : (records.get(key) ?? null)),
      set: (key, record) => void records.set(key, record),
      destroy: (key) => records.delete(key),
    });
    for (const key of ['torn', 'deep', 'good']) await store.set(key, { n: 1 });
    records.set('deep', { tree: nested(100_000) });
    await expect(store.get('torn')).rejects.toBe(unreadable);
    expect(store.calls.at(-1)).toMatchObject({ operation: 'get', outcome: 'rejected' });
    expect(await store.raw('torn')).toBeNull();
    const snapshot = await store.snapshot();
    expect([...snapshot.keys()]).toEqual(['good']);
    expect((await store.sessions()).map(({ key }) => key)).toEqual(['good']);
    await store.restore(snapshot);
    expect([...records.keys()]).toEqual(['good']);
  });

  it('of MemoryStore, larger than it may be, is rejected as well', async () => {
    const store = new InspectableStore();
    await store.set('large', { text: 'x'.repeat(2000) });
    const loaded = await store.atomic?.load('large', { now: Date.now(), clock: 'system', maxBytes: 1000 });
    expect(loaded).toMatchObject({ record: null, unreadable: true });
    expect(store.calls.at(-1)).toMatchObject({ operation: 'get', outcome: 'rejected' });
  });
});
