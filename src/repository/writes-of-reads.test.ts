import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sessionGone } from '../lib/session-refusals.js';
import type { Options } from '../options/options.js';
import { BLANK, type Session } from '../record/record.js';
import type { Store } from '../store-contract/store.js';
import { operationOn } from '../test-kits/operation.js';
import { PlainStore, SpyStore } from '../test-kits/spy-store.js';
import type { Change } from './change.js';
import { ReadRenewal } from './read-renewal.js';
import type { SessionChanges } from './session-changes.js';
import { type LiveSession, SessionRef, type StoredSession } from './session-ref.js';

const DAY = 86_400_000;
const STALE_MS = 60_000;
const PATIENCE_MS = 250;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: 1_800_000_000_000 });
});
afterEach(() => vi.useRealTimers());

/** Sets up the renewal of a session that was used just now, and what stands for its writes. */
function setUp(store: Store<object> = new SpyStore(), options: Options = {}) {
  const kit = operationOn(store, options);
  const ref = SessionRef.ofId(kit.options, kit.operation, 'i'.repeat(22));
  const used: Session = {
    ...BLANK,
    createdAt: Date.now(),
    lastSeenAt: Date.now(),
    expiresAt: Date.now() + DAY,
    nonce: 'nonce',
  };
  const live = (session: Partial<Session> = {}, isOutdated = false): LiveSession => ({
    is: 'live',
    id: 'id',
    key: ref.key,
    session: { ...used, ...session },
    version: 'v1',
    isOutdated,
  });
  const written = live({ nonce: 'written' });
  type Write = (ref: SessionRef, live: LiveSession, change: Change) => Promise<StoredSession | null>;
  const complete = vi.fn<Write>(async () => written);
  const touch = vi.fn<Write>(async () => written);
  const swap = vi
    .spyOn(ref, 'write')
    .mockImplementation(async (_, session) => live({ ...session, nonce: 'written' }));
  const changes = { write: complete, touch } as unknown as SessionChanges;
  const renewal = new ReadRenewal(kit.options, kit.operation.context, changes);
  const read = (found = live()) => renewal.renew(ref, found);
  const counts = () => [complete, touch, swap].map(({ mock }) => mock.calls.length);
  return { ...kit, ref, live, written, complete, touch, swap, read, counts };
}

const user = () => 'ada';

it('a read of a session that was used just now writes nothing, and waits for nothing', () => {
  const { read, live, counts } = setUp();
  const found = live();
  expect(read(found)).toBe(found);
  expect(counts()).toEqual([0, 0, 0]);
});

describe('a read completes the record', () => {
  it.each<[string, Store<object>, Options, Partial<Session>, boolean]>([
    ['that has no date of creation', new SpyStore(), {}, { createdAt: null }, true],
    ['where the date counts', new PlainStore(), { absoluteTimeout: 3600 }, { createdAt: null }, true],
    ['but not where the date does not', new PlainStore(), {}, { createdAt: null }, false],
    ['that lacks its entry in the index', new SpyStore(), { user }, {}, true],
    ['but not where there is no index', new PlainStore(), {}, {}, false],
  ])('%s', async (_, store, options, session, isCompleted) => {
    const { read, live, counts, written } = setUp(store, options);
    const found = live(session);
    expect(await read(found)).toBe(isCompleted ? written : found);
    expect(counts()).toEqual([isCompleted ? 1 : 0, 0, 0]);
  });

  it('but not with an entry of an index that the store does not have', async () => {
    const store = new SpyStore();
    Object.assign(store, { users: undefined });
    const { read, live, counts, options } = setUp(store);
    Object.assign(options, { user });
    expect(read(live())).toMatchObject({ is: 'live' });
    expect(counts()).toEqual([0, 0, 0]);
  });

  it('with a change that leaves a session alone which another request has completed', async () => {
    const { read, live, complete } = setUp();
    const found = live({ createdAt: null });
    await read(found);
    const change = complete.mock.calls[0]?.[2] as Change;
    const { session } = live();
    expect(change(session)).toBe(session);
    expect(change(found.session)).toEqual(found.session);
    expect(change(found.session)).not.toBe(found.session);
  });

  it('that is outdated, whatever is in it', async () => {
    const { read, live, written, counts } = setUp();
    expect(await read(live({}, true))).toBe(written);
    expect(counts()).toEqual([1, 0, 0]);
  });

  it('each time, but not again for a moment after that failed', async () => {
    const { read, live, complete, counts } = setUp(new SpyStore(), { idleTimeout: 80 });
    const found = live({ createdAt: null });
    await read(found);
    complete.mockRejectedValue(new Error('down'));
    expect(await read(found)).toBe(found);
    expect(await read(found)).toBe(found);
    expect(counts()).toEqual([2, 0, 0]);
    vi.setSystemTime(Date.now() + 10_000);
    await read(found);
    expect(counts()).toEqual([3, 0, 0]);
  });

  it('unless it turns out that the session has ended', async () => {
    const { read, live, complete } = setUp();
    complete.mockRejectedValue(sessionGone());
    expect(await read(live({}, true))).toBeNull();
    // That is no failure of the store.
    expect(await read(live({}, true))).toBeNull();
  });

  it('and goes on without it after a moment', async () => {
    const { read, live, complete } = setUp();
    complete.mockReturnValue(new Promise(() => {}));
    const found = live({}, true);
    const reading = read(found);
    await vi.advanceTimersByTimeAsync(PATIENCE_MS);
    expect(await reading).toBe(found);
  });
});

describe('a read of a session that was not used for a while slides it', () => {
  const stale = ({ live }: ReturnType<typeof setUp>) => live({ lastSeenAt: Date.now() - STALE_MS });

  it('by a swap with another nonce', async () => {
    const kit = setUp();
    expect(await kit.read(stale(kit))).toMatchObject({ session: { nonce: 'written' } });
    expect(kit.counts()).toEqual([0, 0, 1]);
    const [expected, session] = kit.swap.mock.calls[0] ?? [];
    expect(expected).toBe('v1');
    expect(session).toMatchObject({ lastSeenAt: Date.now(), expiresAt: Date.now() + DAY });
    expect(session?.nonce).toEqual(expect.any(String));
    expect(session?.nonce).not.toBe('nonce');
  });

  it('unless another request was faster, which has slid it', async () => {
    const kit = setUp();
    kit.swap.mockResolvedValue(null);
    const found = stale(kit);
    expect(await kit.read(found)).toBe(found);
  });

  it('by touch on a store that cannot swap, unless it has been used meanwhile', async () => {
    const kit = setUp(new PlainStore());
    expect(await kit.read(stale(kit))).toBe(kit.written);
    expect(kit.counts()).toEqual([0, 1, 0]);
    const change = kit.touch.mock.calls[0]?.[2] as Change;
    const [{ session: idle }, { session: used }] = [stale(kit), kit.live()];
    expect(change(idle)).toEqual(idle);
    expect(change(idle)).not.toBe(idle);
    expect(change(used)).toBe(used);
  });

  it.each([
    ['swaps', () => new SpyStore(), 2],
    ['cannot', () => new PlainStore(), 1],
  ])('once in a while, whatever comes of it, on a store that %s', async (_, make, at) => {
    const kit = setUp(make(), { idleTimeout: 480 });
    for (const write of [kit.swap, kit.touch]) write.mockRejectedValue(new Error('down'));
    const found = stale(kit);
    expect(await Promise.all([kit.read(found), kit.read(found)])).toEqual([found, found]);
    expect(kit.counts()[at]).toBe(1);
    vi.setSystemTime(Date.now() + STALE_MS - 1);
    await kit.read(found);
    expect(kit.counts()[at]).toBe(1);
    vi.setSystemTime(Date.now() + 1);
    await kit.read(found);
    expect(kit.counts()[at]).toBe(2);
  });

  it('unless it turns out that the session has ended', async () => {
    const kit = setUp();
    kit.swap.mockRejectedValue(sessionGone());
    expect(await kit.read(stale(kit))).toBeNull();
  });

  it('and goes on without that after a moment', async () => {
    for (const store of [new SpyStore(), new PlainStore()]) {
      const kit = setUp(store);
      for (const write of [kit.swap, kit.touch]) write.mockReturnValue(new Promise(() => {}));
      const found = stale(kit);
      const reading = kit.read(found);
      await vi.advanceTimersByTimeAsync(PATIENCE_MS);
      expect(await reading).toBe(found);
    }
  });
});
