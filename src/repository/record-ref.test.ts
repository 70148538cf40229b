import { describe, expect, it, vi } from 'vitest';
import type { Options } from '../options/options.js';
import { BLANK, type Session, type Superseded } from '../record/record.js';
import type { SessionRecord, Store } from '../store-contract/store.js';
import { unreadableRecord } from '../store-contract/unreadable.js';
import { operationOn } from '../test-kits/operation.js';
import { KeepingStore, PlainStore, REFUSAL, SpyStore } from '../test-kits/spy-store.js';
import { startClock } from '../test-kits/user-sessions.js';
import { deleteGraceCopies } from './grace.js';
import { RecordRef } from './record-ref.js';
import { toRecord, toSupersededRecord } from './session-record.js';

startClock();

const LOST = new Error('Connection is closed.');
const HOUR = 3_600_000;

function setUp(store: Store<object> = new SpyStore(), options: Options = {}, ms?: number) {
  const kit = operationOn(store, options, ms);
  const session = (about: Partial<Session> = {}): SessionRecord =>
    toRecord(
      { ...BLANK, createdAt: Date.now(), expiresAt: Date.now() + HOUR, ...about },
      'key',
      kit.options,
      store,
    );
  const copy = (about: Partial<Superseded> = {}): SessionRecord =>
    toSupersededRecord(
      { ...BLANK, createdAt: Date.now(), expiresAt: Date.now() + HOUR, successor: null, ...about },
      'key',
      kit.options,
    );
  return { ...kit, session, copy, ref: new RecordRef(kit.options, kit.operation, 'key') };
}

async function stored(store: SpyStore, record: SessionRecord): Promise<string | null> {
  return store.memory.atomic.swap('key', null, record, { now: Date.now(), clock: 'system' });
}

describe('a read', () => {
  it('tells of a session: that it is there, its size and how long it lives', async () => {
    const store = new SpyStore();
    const { ref, calls, session } = setUp(store);
    const version = await stored(store, session());
    expect(await ref.load()).toMatchObject({ state: { is: 'live' }, version });
    expect(calls).toEqual([
      expect.objectContaining({ operation: 'get', outcome: 'hit', size: version?.length, ttl: 3600 }),
    ]);
  });

  it.each<[string, (kit: ReturnType<typeof setUp>) => unknown, string]>([
    ['a grace copy', ({ copy }) => copy(), 'hit'],
    ['a session that has expired', ({ session }) => session({ expiresAt: Date.now() - 1 }), 'expired'],
    ['something else', () => 7, 'rejected'],
  ])('tells of %s', async (_, make, outcome) => {
    const store = new PlainStore();
    const kit = setUp(store);
    store.records.set('key', JSON.stringify(make(kit)));
    await kit.ref.load();
    expect(kit.outcomes()).toEqual([`get ${outcome}`]);
  });

  it('tells that there is nothing, which has no version', async () => {
    for (const store of [new SpyStore(), new PlainStore()]) {
      const { ref, outcomes } = setUp(store);
      expect(await ref.load()).toEqual({ state: { is: 'none' }, version: null });
      expect(outcomes()).toEqual(['get miss']);
    }
  });

  it.each([new SpyStore(), new PlainStore()])(
    'tells the store how large a record may be, and how long it may take',
    async (store) => {
      const load = vi.fn(async () => null);
      if (store instanceof SpyStore) vi.spyOn(store.atomic, 'load').mockImplementation(load);
      else vi.spyOn(store, 'get').mockImplementation(load);
      await setUp(store, { maxBytes: 2048 }).ref.load();
      const options = { maxBytes: 8 * 2048, now: Date.now(), clock: 'system', timeoutMs: expect.any(Number) };
      expect(load).toHaveBeenCalledExactlyOnceWith('key', options);
    },
  );

  it('takes a record that the store cannot read for one that is no session, and no other error', async () => {
    const store = new PlainStore();
    const { ref } = setUp(store);
    store.spy.fail('get', unreadableRecord());
    expect(await ref.load()).toMatchObject({ state: { is: 'rejected', reason: 'unreadable' } });
    store.spy.fail('get', LOST);
    await expect(ref.load()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
  });
});

describe('a deletion', () => {
  it('says why', async () => {
    const { ref, calls } = setUp();
    await ref.delete('signed_out');
    expect(calls).toMatchObject([{ operation: 'destroy', outcome: 'ok', reason: 'signed_out' }]);
  });

  it('whose answer is lost is done if there is nothing', async () => {
    const store = new SpyStore();
    const { ref, session, outcomes } = setUp(store);
    await stored(store, session());
    store.spy.lose('destroy', LOST);
    await ref.delete();
    expect(outcomes()).toEqual(['destroy error', 'get miss']);
    expect(await ref.tryDelete()).toBe(true);
  });

  it('that was lost has failed, with an error that says that the record is there', async () => {
    const store = new SpyStore();
    const { ref, session } = setUp(store);
    await stored(store, session());
    store.spy.fail('destroy', LOST, 2);
    await expect(ref.delete()).rejects.toThrow('The record is still there.');
    expect(await ref.tryDelete()).toBe(false);
  });

  it('that was refused has failed, and nobody looks for the record', async () => {
    const store = new SpyStore();
    const { ref, outcomes } = setUp(store);
    store.spy.fail('destroy', REFUSAL);
    await expect(ref.delete()).rejects.toThrow('Nothing was changed.');
    expect(outcomes()).toEqual(['destroy error']);
  });

  it('whose answer is lost is unknown if the store cannot be read either', async () => {
    const store = new SpyStore();
    const { ref } = setUp(store);
    store.spy.lose('destroy', LOST);
    store.spy.fail('get', new Error('another one'));
    await expect(ref.delete()).rejects.toThrow('failed at destroy');
  });

  it('that is not answered by the deadline is unknown, and nobody looks for the record', async () => {
    const store = new SpyStore();
    const { ref, outcomes } = setUp(store, {}, 10);
    store.spy.hang('destroy');
    await expect(ref.delete()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE_TIMEOUT' });
    expect(outcomes()).toEqual(['destroy error']);
  });
});

describe('a deletion of one version', () => {
  it('deletes that one, and says why', async () => {
    const store = new SpyStore();
    const { ref, session, calls } = setUp(store);
    const version = await stored(store, session());
    expect(await ref.deleteIfVersion(version, 'revoked')).toBe(true);
    expect(calls).toMatchObject([{ operation: 'destroy', outcome: 'ok', reason: 'revoked' }]);
    expect(await store.memory.get('key')).toBeNull();
  });

  it('leaves another one, and tells of the conflict', async () => {
    const store = new SpyStore();
    const { ref, session, outcomes } = setUp(store);
    await stored(store, session());
    expect(await ref.deleteIfVersion('another')).toBe(false);
    expect(outcomes()).toEqual(['destroy conflict']);
    expect(await store.memory.get('key')).not.toBeNull();
  });

  it('deletes whatever is there on a store that has no versions, and says why', async () => {
    const store = new PlainStore();
    store.records.set('key', '{}');
    const { ref, calls } = setUp(store);
    expect(await ref.deleteIfVersion(null, 'revoked')).toBe(true);
    expect(calls).toMatchObject([{ operation: 'destroy', outcome: 'ok', reason: 'revoked' }]);
    expect(store.records.size).toBe(0);
  });

  it('shows nothing of the record in its error', async () => {
    const store = new SpyStore();
    const { ref } = setUp(store);
    store.spy.fail('set', REFUSAL, 2);
    await expect(ref.deleteIfVersion('v1')).rejects.toMatchObject({ cause: { message: REFUSAL.message } });
    // The message has a word of the version, which is the record as text.
    const error = await ref.deleteIfVersion('{"n":"memory"}').catch((error) => error);
    expect(error.cause.message).toContain('withheld');
  });

  it('shows nothing of the key in its error', async () => {
    const store = new PlainStore();
    const { options, operation } = setUp(store);
    store.spy.fail('destroy', REFUSAL);
    const ref = new RecordRef(options, operation, 'memory');
    const error = await ref.delete().catch((error) => error);
    expect(error.cause.message).toContain('withheld');
  });
});

describe('the grace copies of a session', () => {
  const of = (ref: RecordRef, kit: ReturnType<typeof setUp>) =>
    deleteGraceCopies(kit.options, ref.operation, {
      ...BLANK,
      graceCopies: [{ key: 'key', until: Date.now() }],
    });

  it('are deleted, also one whose time is over by the clock of this server', async () => {
    for (const until of [Date.now() + HOUR, Date.now() - 1]) {
      // This store holds what has expired.
      const store = new KeepingStore();
      const kit = setUp(store);
      const version = 'a version';
      vi.spyOn(store.atomic, 'load').mockResolvedValue({ record: kit.copy({ expiresAt: until }), version });
      const swap = vi.spyOn(store.atomic, 'swap').mockResolvedValue('deleted');
      await of(kit.ref, kit);
      expect(swap.mock.calls.map(([key, expected]) => [key, expected])).toEqual([['key', version]]);
    }
  });

  it('are no sessions: a record that names one as its copy lets nobody delete it', async () => {
    const store = new SpyStore();
    const kit = setUp(store);
    await stored(store, kit.session());
    await of(kit.ref, kit);
    expect(await store.memory.get('key')).not.toBeNull();
  });

  it('cost no deletion if they are gone', async () => {
    const kit = setUp();
    await of(kit.ref, kit);
    expect(kit.outcomes()).toEqual(['get miss']);
  });
});
