import { describe, expect, it, vi } from 'vitest';
import { UnknownOutcome } from '../gateway/store-failures.js';
import { Deadline } from '../lib/deadline.js';
import { sessionGone } from '../lib/session-refusals.js';
import type { Options } from '../options/options.js';
import type { Session } from '../record/record.js';
import type { Renewal } from '../record/renewal.js';
import { hashSessionId } from '../record/session-id.js';
import { userKey } from '../record/user-key.js';
import { callOptions, type Store } from '../store-contract/store.js';
import { operationOn } from '../test-kits/operation.js';
import { PlainStore, REFUSAL, SpyStore } from '../test-kits/spy-store.js';
import { startClock } from '../test-kits/user-sessions.js';
import type { Change } from './change.js';
import { SessionRepository } from './session-repository.js';
import { UnsettledMove } from './unsettled-move.js';

startClock();

const LOST = new Error('Connection is closed.');
const ADA = userKey('sid', 'ada') ?? '';
const user = (data: object) => ('user' in data ? String(data.user) : null);

const withData =
  (data: object): Change =>
  (session) => ({ ...session, data: { ...session.data, ...data } });

function setUp(store: Store<object> = new SpyStore(), options: Options = {}) {
  const kit = operationOn(store, options);
  const repository = new SessionRepository(kit.options, kit.operation.context);
  const deadline = new Deadline(5000);
  const create = (data: object = { n: 1 }) => repository.create(withData(data), () => {}, deadline);
  const replace = (id: string, announce = () => {}, hasGrace = true) =>
    repository.replace(id, undefined, withData({ moved: true }), hasGrace, announce, deadline);
  return { ...kit, repository, deadline, create, replace };
}

describe('the longest lifetime that a session may have', () => {
  const DAYS_400 = 400 * 86_400;
  it.each<[string, Options, number]>([
    ['is that for which browsers keep a cookie', {}, DAYS_400],
    ['is also that where nothing has to be revoked', { absoluteTimeout: 3600 }, DAYS_400],
    ['ends with the session of a user', { user, absoluteTimeout: 3600 }, 3600],
    ['is no longer, though the session of a user is', { user, absoluteTimeout: DAYS_400 + 1 }, DAYS_400],
  ])('%s', (_, options, seconds) => {
    expect(setUp(undefined, options).repository.longestLifetime).toBe(seconds);
  });
});

it('sessions of two set-ups in one process have different names, whatever their keys', async () => {
  const { repository, create } = setUp();
  const live = await create();
  expect(repository.nameOf(live)).toContain(live.key);
  expect(setUp(undefined, { name: 'other' }).repository.nameOf(live)).not.toBe(repository.nameOf(live));
});

describe('a new session', () => {
  it('is deleted if its ID cannot be sent, and leaves the index', async () => {
    const store = new SpyStore();
    const { repository, deadline } = setUp(store, { user, genid: () => 'i'.repeat(22) });
    const failure = new Error('The response has begun.');
    const created = repository.create(
      withData({ user: 'ada' }),
      () => {
        throw failure;
      },
      deadline,
    );
    await expect(created).rejects.toBe(failure);
    expect(await store.memory.get(hashSessionId('i'.repeat(22)))).toBeNull();
    expect((await store.memory.users.list(ADA, { limit: 9 }, callOptions())).entries).toEqual([]);
  });

  it('gets another ID where one is in use, at the third try at most', async () => {
    const ids = ['a', 'a', 'a', 'b'].map((letter) => letter.repeat(22));
    const genid = vi.fn(() => ids.shift() ?? 'a'.repeat(22));
    const { create } = setUp(new SpyStore(), { genid });
    expect((await create()).id).toBe('a'.repeat(22));
    expect((await create()).id).toBe('b'.repeat(22));
    expect(genid).toHaveBeenCalledTimes(4);
    await expect(create()).rejects.toMatchObject({ code: 'ERR_SESSION_ID' });
    expect(genid).toHaveBeenCalledTimes(7);
  });
});

describe('touch', () => {
  const slid: Change = (session) => ({ ...session });
  const dated: Change = (session) => ({ ...session, cookieSentAt: Date.now() });
  const longer: Change = (session) => ({ ...session, maxAge: 60 });

  it('returns the session as it was if the store takes no write, unless somebody relies on a lifetime', async () => {
    const store = new SpyStore();
    const { repository, create, deadline } = setUp(store);
    const live = await create();
    store.spy.fail('set', REFUSAL, 3);
    expect(await repository.touch(live, slid, deadline)).toBe(live);
    expect(await repository.touch(live, dated, deadline)).toBe(live);
    await expect(repository.touch(live, longer, deadline)).rejects.toMatchObject({
      code: 'ERR_SESSION_STORE',
    });
  });

  it('throws if the session has ended', async () => {
    const { repository, create, deadline } = setUp();
    const live = await create();
    await repository.delete(live.id, live, deadline);
    await expect(repository.touch(live, slid, deadline)).rejects.toEqual(sessionGone());
  });

  it('waits a second for its write, and longer only if a cookie or a lifetime depends on it', async () => {
    const store = new SpyStore();
    const { repository, create, deadline } = setUp(store);
    const live = await create();
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    for (let write = 0; write < 3; write++) store.spy.hang('set');
    const done: Change[] = [];
    for (const change of [slid, dated, longer]) {
      repository.touch(live, change, deadline).then(
        () => done.push(change),
        () => {},
      );
    }
    await vi.advanceTimersByTimeAsync(999);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toEqual([slid]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(done).toEqual([slid]);
  });
});

describe('a change of a session that may have moved', () => {
  const renewal = (until: number): Renewal => ({
    is: 'leased',
    key: 'n',
    holder: 'holder',
    until,
    ms: 300_000,
  });
  const leased: Change = (session): Session => ({ ...session, renewals: [renewal(Date.now() + 300_000)] });

  it('is told whether it has, and follows it to each new ID', async () => {
    const { repository, create, replace, deadline } = setUp();
    const live = await create();
    await repository.change(live.id, undefined, leased, deadline);
    const told: boolean[] = [];
    const follow = () =>
      repository.changeWhereverItIs(
        live.id,
        (hasMoved) => {
          told.push(hasMoved);
          return withData({ found: told.length });
        },
        deadline,
      );
    expect(await follow()).toMatchObject({ id: live.id, session: { data: { found: 1 } } });
    const first = await replace(live.id);
    await replace(first?.id ?? '');
    expect(await follow()).toMatchObject({ id: null, session: { data: { moved: true } } });
    expect(told).toEqual([false, false, true, true]);
  });

  it('finds nothing where the session has ended, or never was', async () => {
    const { repository, create, deadline } = setUp();
    const live = await create();
    await repository.delete(live.id, live, deadline);
    const change = vi.fn(() => withData({}));
    expect(await repository.changeWhereverItIs(live.id, change, deadline)).toBeNull();
    expect(change).toHaveBeenCalledTimes(1);
  });

  it('is given up after eight moves: a record may say that its session is where it is itself', async () => {
    const store = new SpyStore();
    const { repository, create, replace, deadline } = setUp(store);
    const live = await create();
    await repository.change(live.id, undefined, leased, deadline);
    const next = await replace(live.id);
    // Other software points the new record at the old one.
    const { record } = (await store.memory.atomic.load(live.key, callOptions())) ?? {};
    const text = JSON.stringify(record).replaceAll(next?.key ?? '', live.key);
    await store.memory.set(live.key, JSON.parse(text));
    const change = vi.fn(() => withData({}));
    expect(await repository.changeWhereverItIs(live.id, change, deadline)).toBeNull();
    expect(change).toHaveBeenCalledTimes(8);
  });
});

describe('a move to a new ID', () => {
  it('that another request forestalls begins again with what that one wrote, and leaves one session', async () => {
    for (const hasGrace of [true, false]) {
      const store = new SpyStore();
      const { repository, create, replace, deadline } = setUp(store, { user });
      const live = await create({ user: 'ada' });
      const announced: string[] = [];
      const announce = vi.fn(() => {
        // The new record is there, and the old one is still the session.
        if (announced.push('new ID') > 1) return;
        store.spy.before('set', async () => {
          const found = await store.memory.atomic.load(live.key, callOptions());
          await store.memory.set(live.key, { ...found?.record, n: 9 });
        });
      });
      const moved = await replace(live.id, announce, hasGrace);
      expect(moved).toMatchObject({ is: 'live', session: { data: { n: 9, moved: true } } });
      expect(announce).toHaveBeenCalledTimes(2);
      expect(await repository.find(live.id, deadline)).toEqual(
        hasGrace ? expect.objectContaining({ is: 'superseded' }) : null,
      );
      const { entries } = await store.memory.users.list(ADA, { limit: 9 }, callOptions());
      const keys = entries.flatMap(({ records }) => records.map(({ key }) => key));
      expect(keys).toEqual([moved?.key]);
    }
  });

  it('of a session of a former name is forestalled before that one has moved to the first name', async () => {
    const store = new SpyStore();
    const live = await setUp(store, { user, name: 'old' }).create({ user: 'ada' });
    const names = { user, name: ['sid', 'old'] };
    const { repository, replace, deadline } = setUp(store, names);
    const elsewhere = setUp(store, names).repository;
    store.spy.before('set', async () => {
      await elsewhere.change(live.id, undefined, withData({ n: 9 }), new Deadline(5000));
    });
    expect(await replace(live.id)).toMatchObject({ is: 'live', session: { data: { n: 9, moved: true } } });
    expect(await repository.find(live.id, deadline)).toMatchObject({ is: 'superseded' });
  });

  it.each<[string, boolean]>([
    ['before it has an ID', true],
    ['with its new ID', false],
  ])('that is forestalled %s fails with the error of the read, if that fails then', async (_, isEarly) => {
    const store = new SpyStore();
    const live = await setUp(store, { user, name: isEarly ? 'old' : 'sid' }).create({ user: 'ada' });
    const { replace } = setUp(store, { user, name: ['sid', 'old'] });
    const forestall = () => {
      store.spy.before('set', async () => {
        await store.memory.set(live.key, { cookie: { expires: Date.now() + 1000 } });
        // The first read looks for what was written, and finds that it was not.
        store.spy.before('get', async () => store.spy.fail('get', LOST));
      });
    };
    if (isEarly) forestall();
    const error = await replace(live.id, isEarly ? () => {} : forestall).catch((error) => error);
    expect(error).toMatchObject({ code: 'ERR_SESSION_STORE' });
    // What may have been written changes nothing that anybody sees.
    expect(error).not.toBeInstanceOf(UnknownOutcome);
  });

  it('that fails at the old record leaves that one alone, and no new one', async () => {
    const store = new SpyStore();
    const { repository, create, replace, deadline } = setUp(store);
    const live = await create();
    const announce = () => store.spy.fail('set', REFUSAL);
    await expect(replace(live.id, announce)).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
    expect(await repository.find(live.id, deadline)).toMatchObject({ is: 'live', session: live.session });
    const lastDeleted = store.spy.calls.lastIndexOf('destroy');
    expect(await store.memory.get(store.spy.keys[lastDeleted] ?? '')).toBeNull();
    expect(store.spy.keys[lastDeleted]).not.toBe(live.key);
  });

  it('is unsettled if nobody knows what became of the old record: the new session stays', async () => {
    const store = new SpyStore();
    const { repository, create, replace, deadline } = setUp(store);
    const live = await create();
    const announce = () => {
      store.spy.lose('set', LOST);
      store.spy.fail('get', LOST);
    };
    const error = await replace(live.id, announce).catch((error) => error);
    expect(error).toBeInstanceOf(UnsettledMove);
    expect(error.failure).toMatchObject({ code: 'ERR_SESSION_STORE' });
    expect(await repository.find(error.successor.id, deadline)).toMatchObject({ is: 'live' });
  });
});

it('a process without an index moves a session without its entries, and one that has an index indexes it again', async () => {
  const store = new SpyStore();
  const own = setUp(store, { user });
  const live = await own.create({ user: 'ada' });
  const blind = new SpyStore();
  Object.assign(blind, { memory: store.memory, users: undefined });
  const moved = await setUp(blind).replace(live.id);
  expect(moved).toMatchObject({ session: { entries: [], data: { user: 'ada' } } });
  expect(await own.repository.find(moved?.id ?? '', own.deadline)).toMatchObject({
    session: { entries: [{ user: ADA }] },
  });
});

it('a sign-out waits for the writers of its session where the store cannot compare', async () => {
  const store = new PlainStore();
  const { repository, create, deadline } = setUp(store);
  const live = await create();
  let end = () => {};
  store.spy.before(
    'set',
    () =>
      new Promise<void>((resolve) => {
        end = resolve;
      }),
  );
  const writing = repository.change(live.id, live, withData({ n: 2 }), deadline);
  const ending = repository.delete(live.id, live, deadline);
  await vi.waitFor(() => expect(store.spy.calls.at(-1)).toBe('set'));
  end();
  await Promise.all([writing, ending]);
  expect(store.records.size).toBe(0);
});
