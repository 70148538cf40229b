import { describe, expect, it, vi } from 'vitest';
import type { Options } from '../options/options.js';
import { BLANK, type Session } from '../record/record.js';
import { hashSessionId } from '../record/session-id.js';
import { callOptions, type Store } from '../store-contract/store.js';
import { operationOn } from '../test-kits/operation.js';
import { KeepingStore, PlainStore, REFUSAL, SpyStore } from '../test-kits/spy-store.js';
import { startClock } from '../test-kits/user-sessions.js';
import { type LiveSession, SessionRef } from './session-ref.js';

startClock();

const ID = 'i'.repeat(22);
const HOUR = 3_600_000;
const GONE = { code: 'ERR_SESSION_GONE' };
const ENTRY = { user: 'ada', id: 'entry', until: 4e12 };

const lasting = (ms: number, about: Partial<Session> = {}): Session => ({
  ...BLANK,
  createdAt: Date.now(),
  lastSeenAt: Date.now(),
  expiresAt: Date.now() + ms,
  nonce: 'nonce',
  ...about,
});

function setUp(store: Store<object> = new SpyStore(), options: Options = {}) {
  const kit = operationOn(store, options);
  return { ...kit, ref: SessionRef.ofId(kit.options, kit.operation, ID) };
}

async function written(ref: SessionRef, session = lasting(HOUR)): Promise<LiveSession> {
  const live = await ref.write(null, session);
  if (!live) throw new Error('Something else is stored.');
  return live;
}

const tellsOf = (type: string, about: object = {}) => ({
  event: { type, ...about },
  hash: expect.any(String),
});

/** A store as RedisStore is without compare and swap: it ends idle sessions itself, and can be told to. */
function touchable(about: object = {}) {
  const touch = vi.fn();
  return { touch, store: Object.assign(new PlainStore(), { expiry: 'store', touch, ...about } as const) };
}

describe('what can be done with a session', () => {
  it.each<[string, Store<object>, Options, boolean, boolean]>([
    ['compares and swaps', new SpyStore(), {}, false, true],
    [
      'compares and swaps, with records that other software reads',
      new SpyStore(),
      { hashIds: false },
      false,
      false,
    ],
    ['has three methods', new PlainStore(), { hashIds: true }, false, false],
    ['ends idle sessions itself', touchable().store, {}, true, false],
    [
      'ends idle sessions itself, if it can only do so by a write',
      touchable({ touch: undefined }).store,
      {},
      false,
      false,
    ],
    ['has touch, and ends no session', touchable({ expiry: 'record' }).store, {}, false, false],
    [
      'ends idle sessions, and swaps',
      Object.assign(new KeepingStore(), { touch: () => {} }),
      {},
      false,
      true,
    ],
  ])('on a store that %s', (_, store, options, slidesByTouch, canBeSuperseded) => {
    expect(setUp(store, options).ref).toMatchObject({ slidesByTouch, canBeSuperseded });
  });

  it('is done under the hash of its ID, if the store sees hashes', () => {
    expect(setUp().ref).toMatchObject({ id: ID, key: hashSessionId(ID) });
    expect(setUp(new PlainStore()).ref).toMatchObject({ id: ID, key: ID });
    const { options, operation } = setUp();
    expect(SessionRef.ofKey(options, operation, 'key')).toMatchObject({ id: null, key: 'key' });
  });
});

describe('a read', () => {
  it('returns the session, with its version', async () => {
    const { ref, events } = setUp();
    expect(await ref.read()).toBeNull();
    const session = lasting(HOUR);
    const live = await written(ref, session);
    const version = expect.any(String);
    expect(live).toEqual({ is: 'live', id: ID, key: ref.key, session, version, isOutdated: false });
    expect(await ref.read()).toEqual(live);
    expect(events).toEqual([]);
  });

  it('returns a session without a version where the store has none', async () => {
    const { ref } = setUp(new PlainStore());
    expect((await written(ref)).version).toBeNull();
    expect(await ref.read()).toMatchObject({ is: 'live', version: null });
  });

  it('tells of a record that is no session', async () => {
    const store = new PlainStore();
    store.records.set(ID, '7');
    const { ref, events } = setUp(store);
    expect(await ref.read()).toBeNull();
    expect(events).toEqual([tellsOf('record_rejected', { reason: 'unreadable' })]);
    expect(store.records.size).toBe(1);
  });

  it.each([
    ['compares and swaps', () => new SpyStore(), ['get expired', 'destroy ok']],
    ['has three methods', () => new PlainStore(), ['get expired', 'get expired', 'destroy ok']],
  ])('deletes a session that has expired, and tells so, on a store that %s', async (_, make, calls) => {
    const store = make();
    const { ref, events, outcomes, calls: seen } = setUp(store);
    await written(ref);
    vi.setSystemTime(Date.now() + HOUR);
    if (store instanceof SpyStore) keepExpired(store);
    expect(await ref.read()).toBeNull();
    expect(events).toEqual([tellsOf('expired'), tellsOf('destroyed', { reason: 'expired' })]);
    expect(outcomes().slice(1)).toEqual(calls);
    expect(seen.at(-1)).toMatchObject({ reason: 'expired' });
  });

  it.each([
    ['was renewed meanwhile', (store: PlainStore) => store.records.set(ID, '{}')],
    ['cannot be deleted', (store: PlainStore) => store.spy.fail('destroy', REFUSAL)],
  ])('tells of no deletion of one that %s', async (_, change) => {
    const store = new PlainStore();
    const { ref, events } = setUp(store);
    await written(ref);
    vi.setSystemTime(Date.now() + HOUR);
    store.spy.before('get', async () => store.spy.before('get', async () => void change(store)));
    expect(await ref.read()).toBeNull();
    expect(events).toEqual([tellsOf('expired')]);
    expect(store.records.size).toBe(1);
  });

  it('leaves a session that has expired to a store that ends them itself', async () => {
    const { store } = touchable();
    const { ref, events } = setUp(store, { absoluteTimeout: 3600 });
    await written(ref);
    vi.setSystemTime(Date.now() + HOUR);
    expect(await ref.read()).toBeNull();
    expect(events).toEqual([tellsOf('expired')]);
    expect(store.records.size).toBe(1);
  });
});

/** Lets a store keep records that have expired, as one whose clock is behind. */
function keepExpired({ atomic, memory }: SpyStore): void {
  const earlier = { ...callOptions(), now: Date.now() - HOUR };
  vi.spyOn(atomic, 'load').mockImplementation((key) => memory.atomic.load(key, earlier));
  vi.spyOn(atomic, 'swap').mockImplementation((key, expected, record) =>
    memory.atomic.swap(key, expected, record, earlier),
  );
}

describe('a write', () => {
  it('tells of its size and of how long the session lives', async () => {
    for (const store of [new SpyStore(), new PlainStore()]) {
      const { ref, calls } = setUp(store);
      await written(ref);
      const size = expect.any(Number);
      expect(calls).toEqual([expect.objectContaining({ operation: 'set', outcome: 'ok', size, ttl: 3600 })]);
    }
  });

  it('over another version changes nothing, and tells of the conflict', async () => {
    const { ref, outcomes } = setUp();
    await written(ref);
    expect(await ref.write(null, lasting(HOUR, { nonce: 'other' }), true)).toBeNull();
    expect(outcomes()).toEqual(['set ok', 'set conflict']);
  });

  it('that the driver sent twice is recognised, unless the caller reads the session itself', async () => {
    for (const isReadAgain of [undefined, true]) {
      const store = new SpyStore();
      const { ref } = setUp(store);
      vi.spyOn(store.atomic, 'swap').mockImplementationOnce(async (...args) => {
        await store.memory.atomic.swap(...args);
        return store.memory.atomic.swap(...args);
      });
      const live = await ref.write(null, lasting(HOUR), isReadAgain);
      expect(live === null).toBe(isReadAgain === true);
    }
  });

  it('after the absolute end is not sent', async () => {
    const { ref, outcomes } = setUp(new SpyStore(), { absoluteTimeout: 3600 });
    const session = lasting(HOUR, { createdAt: Date.now() - HOUR });
    await expect(ref.write(null, session)).rejects.toMatchObject(GONE);
    expect(outcomes()).toEqual([]);
  });

  it('on its way at the absolute end throws: the store keeps nothing', async () => {
    const store = new SpyStore();
    const { ref } = setUp(store, { absoluteTimeout: 3600 });
    store.spy.before('set', async () => void vi.setSystemTime(Date.now() + HOUR));
    await expect(ref.write(null, lasting(HOUR))).rejects.toMatchObject(GONE);
  });

  it('shows nothing of the record in its error', async () => {
    for (const store of [new SpyStore(), new PlainStore()]) {
      const { ref } = setUp(store);
      store.spy.fail('set', REFUSAL);
      // The message of the error has a word of the data.
      const error = await ref.write(null, lasting(HOUR, { data: { n: 'memory' } })).catch((error) => error);
      expect(error.cause.message).toContain('withheld');
    }
  });

  it('shows nothing of the version in its error', async () => {
    const store = new SpyStore();
    const { ref } = setUp(store);
    store.spy.fail('set', REFUSAL);
    const error = await ref.write('{"n":"memory"}', lasting(HOUR)).catch((error) => error);
    expect(error.cause.message).toContain('withheld');
  });
});

describe('touch of the store', () => {
  it('gets the record with its new end, and the session goes on with it', async () => {
    const { store, touch } = touchable();
    const { ref, outcomes } = setUp(store);
    const live = await written(ref);
    const session = lasting(2 * HOUR);
    expect(await ref.touch(live, session)).toEqual({ ...live, session });
    const expires = new Date(Date.now() + 2 * HOUR).toISOString();
    expect(touch).toHaveBeenCalledExactlyOnceWith(
      ID,
      expect.objectContaining({ cookie: expect.objectContaining({ expires }) }),
      { ...callOptions(), timeoutMs: expect.any(Number) },
    );
    expect(outcomes()).toEqual(['set ok', 'touch ok']);
  });

  it('shows nothing of the record in its error', async () => {
    const { store, touch } = touchable();
    const { ref } = setUp(store);
    const live = await written(ref);
    touch.mockRejectedValue(REFUSAL);
    const error = await ref.touch(live, lasting(HOUR, { data: { n: 'memory' } })).catch((error) => error);
    expect(error.cause.message).toContain('withheld');
  });
});

it('writers of one session of one set-up wait for each other, those of others do not', async () => {
  const { options, operation, ref } = setUp();
  const at = (name: string, id: string) => SessionRef.ofId({ ...options, name }, operation, id);
  const order: string[] = [];
  const first = ref.exclusively(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    order.push('first');
  });
  const others = [at('sid', ID), at('other', ID), at('sid', 'j'.repeat(22))].map((other, n) =>
    other.exclusively(async () => void order.push(`${n}`)),
  );
  await Promise.all([first, ...others]);
  expect(order).toEqual(['1', '2', 'first', '0']);
});

describe('a session that moves to a new ID', () => {
  const successor = { key: 'k'.repeat(43), until: 1_800_000_000_000 + HOUR };

  it('leaves a grace copy with its data, until that runs out', async () => {
    const { ref } = setUp();
    const session = lasting(HOUR, { data: { n: 1 }, entries: [ENTRY] });
    const live = await written(ref, session);
    expect(await ref.supersede(live, Date.now() + 1000, null)).toBe(true);
    const { data, createdAt, lastSeenAt, entries } = session;
    const expiresAt = Date.now() + 1000;
    expect(await ref.read()).toMatchObject({
      is: 'superseded',
      id: ID,
      key: ref.key,
      session: { data, createdAt, lastSeenAt, entries, expiresAt, successor: null },
    });
    expect(await ref.successor()).toBeNull();
    vi.setSystemTime(expiresAt);
    expect(await ref.read()).toBeNull();
  });

  it('says where it is for as long as it is said to, though the grace copy shows nothing any more', async () => {
    const { ref } = setUp();
    expect(await ref.successor()).toBeNull();
    const live = await written(ref);
    expect(await ref.successor()).toBeNull();
    expect(await ref.supersede(live, Date.now() + 1000, successor)).toBe(true);
    vi.setSystemTime(Date.now() + HOUR / 2);
    expect(await ref.read()).toBeNull();
    expect(await ref.successor()).toBe(successor.key);
  });

  it('leaves nothing without a grace copy, and no trace of its data on the way', async () => {
    const store = new SpyStore();
    const { ref, outcomes } = setUp(store, { storeTimeout: 7 });
    const live = await written(ref, lasting(HOUR, { data: { n: 1 }, entries: [ENTRY] }));
    const swap = vi.spyOn(store.atomic, 'swap');
    expect(await ref.retire(live, null)).toBe(true);
    const [, , empty] = swap.mock.calls[0] ?? [];
    expect(empty?.cookie?.expires).toBe(Date.now() + 7000);
    expect(JSON.stringify(empty)).not.toMatch(/"n"|"users"/);
    expect(outcomes()).toEqual(['set ok', 'set ok', 'destroy ok']);
    expect(await store.memory.get(ref.key)).toBeNull();
  });

  it('leaves a record that says where it is, and shows nothing, while somebody renews a key', async () => {
    const { ref, outcomes } = setUp();
    const live = await written(ref, lasting(HOUR, { data: { n: 1 } }));
    expect(await ref.retire(live, successor)).toBe(true);
    expect(outcomes()).toEqual(['set ok', 'set ok']);
    expect(await ref.read()).toBeNull();
    expect(await ref.successor()).toBe(successor.key);
  });

  it('is deleted at once where no grace copy may be written', async () => {
    const { ref, outcomes } = setUp(new SpyStore(), { hashIds: false });
    const live = await written(ref);
    expect(await ref.retire(live, successor)).toBe(true);
    expect(outcomes()).toEqual(['set ok', 'destroy ok']);
  });

  it('stays if it has changed meanwhile', async () => {
    for (const hashIds of [true, false]) {
      const { ref } = setUp(new SpyStore(), { hashIds });
      const live = await written(ref);
      await ref.write(live.version, lasting(HOUR, { data: { n: 2 } }));
      expect(await ref.retire(live, null)).toBe(false);
      expect(await ref.supersede(live, Date.now() + 1000, null)).toBe(false);
      expect(await ref.read()).toMatchObject({ is: 'live', session: { data: { n: 2 } } });
    }
  });

  it('whose grace copy may have run out before it was looked for has an unknown outcome', async () => {
    for (const [until, to] of [
      [Date.now() + 1000, null],
      [Date.now() + 10, { ...successor, until: Date.now() + 1000 }],
    ] as const) {
      vi.setSystemTime(1_800_000_000_000);
      const store = new SpyStore();
      const { ref } = setUp(store);
      const live = await written(ref);
      store.spy.lose('set');
      store.spy.before('get', async () => void vi.setSystemTime(Date.now() + 1000 + 60_000));
      await expect(ref.supersede(live, until, to)).rejects.toThrow('outcome is unknown');
    }
  });
});
