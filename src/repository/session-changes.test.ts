import { describe, expect, it, vi } from 'vitest';
import { EntryRefused } from '../lib/session-refusals.js';
import type { Options } from '../options/options.js';
import { CLOCK_SKEW_MS } from '../record/expiry.js';
import { BLANK, type Session } from '../record/record.js';
import type { Renewal } from '../record/renewal.js';
import { userKey } from '../record/user-key.js';
import { operationOn } from '../test-kits/operation.js';
import { PlainStore, SpyStore } from '../test-kits/spy-store.js';
import { startClock } from '../test-kits/user-sessions.js';
import type { Change } from './change.js';
import { SessionChanges } from './session-changes.js';
import { type LiveSession, SessionRef } from './session-ref.js';
import type { SessionWriter } from './session-writer.js';

startClock();

const ID = 'i'.repeat(22);
const NOW = 1_800_000_000_000;
const IDLE_MS = 86_400_000;

const entryOf = (user: string, name = 'sid') => ({
  user: userKey(name, user) ?? '',
  id: 'entry',
  until: NOW + 9 * IDLE_MS,
});

/** A session that was last used a second ago. */
const BEFORE: Session = {
  ...BLANK,
  data: { user: 'ada', token: 'token' },
  createdAt: NOW - 1000,
  lastSeenAt: NOW - 1000,
  expiresAt: NOW - 1000 + IDLE_MS,
  entries: [entryOf('ada')],
  nonce: 'nonce',
};

/** Sets the changes up with a writer that writes everything. */
function setUp(options: Options = {}, store: PlainStore | SpyStore = new SpyStore()) {
  const kit = operationOn(store, { user: (data) => ('user' in data ? String(data.user) : null), ...options });
  const write = vi.fn(
    async (_: unknown, live: LiveSession, session: Session): Promise<LiveSession | null> => ({
      ...live,
      session,
    }),
  );
  const unindex = vi.fn(async () => {});
  const writer = { write, unindex } as unknown as SessionWriter;
  const changes = new SessionChanges(kit.options, kit.operation.context, writer);
  const ref = SessionRef.ofId(kit.options, kit.operation, ID);
  const live = (about: Partial<LiveSession> = {}): LiveSession => ({
    is: 'live',
    id: ID,
    key: ref.key,
    session: BEFORE,
    version: 'v1',
    isOutdated: false,
    ...about,
  });
  return { ...kit, store, changes, ref, live, write, unindex };
}

const same: Change = (session) => session;
const withN: Change = (session) => ({ ...session, data: { ...session.data, n: 1 } });
const asBob: Change = (session) => ({ ...session, data: { ...session.data, user: 'bob' } });

describe('a changed session', () => {
  const renewed = (before: Session, change = withN) => setUp().changes.renew(before, change, 'key');

  it('counts as used, and has another nonce', () => {
    const next = renewed(BEFORE);
    expect(next).toMatchObject({ data: { n: 1 }, lastSeenAt: NOW, expiresAt: NOW + IDLE_MS });
    expect(next.nonce).toEqual(expect.any(String));
    expect(next.nonce).not.toBe(renewed(BEFORE).nonce);
    expect(next.entries).toEqual(BEFORE.entries);
    expect(renewed(BEFORE, same)).toBe(BEFORE);
  });

  it('names only those grace copies that may still be there', () => {
    const [there, gone] = [NOW - CLOCK_SKEW_MS + 1, NOW - CLOCK_SKEW_MS].map((until) => ({
      key: 'old',
      until,
    }));
    expect(renewed({ ...BEFORE, graceCopies: [gone, there] as never }).graceCopies).toEqual([there]);
  });

  it('knows only renewals that may matter, of keys that it has, for the users that it had', () => {
    const renewal = (key: string, until: number): Renewal => ({ is: 'renewed', key, holder: 'h', until });
    const current = renewal('token', NOW);
    const renewals = [current, renewal('token', NOW - CLOCK_SKEW_MS), renewal('other', NOW)];
    expect(renewed({ ...BEFORE, renewals }).renewals).toEqual([current]);
    expect(renewed({ ...BEFORE, renewals }, asBob).renewals).toEqual([]);
  });
});

describe('a write', () => {
  it('of a change that changes nothing is not sent, unless the record is outdated', async () => {
    const { changes, ref, live, write } = setUp();
    const current = live();
    expect(await changes.write(ref, current, same)).toBe(current);
    expect(write).not.toHaveBeenCalled();
    await changes.write(ref, live({ isOutdated: true }), same);
    expect(write).toHaveBeenCalledTimes(1);
  });

  it('that another process forestalls is made on what that one wrote', async () => {
    const { changes, ref, live, write } = setUp();
    write.mockResolvedValueOnce(null);
    vi.spyOn(ref, 'read').mockResolvedValue(live({ session: { ...BEFORE, nonce: 'other' } }));
    await changes.write(ref, live(), withN);
    expect(write.mock.calls[1]?.[1]).toMatchObject({ session: { nonce: 'other' } });
  });

  it('that the driver sent twice is recognised by its nonce', async () => {
    const { changes, ref, live, write } = setUp();
    write.mockResolvedValueOnce(null);
    const stored = () => live({ session: write.mock.calls[0]?.[2] ?? BEFORE });
    vi.spyOn(ref, 'read').mockImplementation(async () => stored());
    expect(await changes.write(ref, live(), withN)).toEqual(stored());
    expect(write).toHaveBeenCalledTimes(1);
  });

  it('by which a user leaves deletes the grace copies, and goes on if it cannot', async () => {
    const { changes, ref, live, outcomes, store } = setUp();
    const session = { ...BEFORE, graceCopies: [{ key: 'old', until: NOW }] };
    await changes.write(ref, live({ session }), withN);
    expect(outcomes()).toEqual([]);
    store.spy.fail('get', new Error('down'));
    expect(await changes.write(ref, live({ session }), asBob)).toMatchObject({ is: 'live' });
    expect(outcomes()).toEqual(['get error']);
  });
});

describe('a session whose entry the index refuses', () => {
  const refused = new EntryRefused();
  const copies = { ...BEFORE, graceCopies: [{ key: 'old', until: NOW }] };

  it('ends, with its grace copies, and leaves the index', async () => {
    const { changes, ref, live, write, unindex, outcomes, calls } = setUp();
    write.mockRejectedValue(refused);
    vi.spyOn(ref.store.atomic as object as SpyStore['atomic'], 'swap').mockResolvedValue('deleted');
    const session = copies;
    await expect(changes.write(ref, live({ session }), withN)).rejects.toBe(refused);
    expect(outcomes()).toEqual(['get miss', 'destroy ok']);
    expect(calls[1]).toMatchObject({ reason: 'revoked' });
    expect(unindex).toHaveBeenCalledExactlyOnceWith(ref, session);
  });

  it('stays where it was if it has changed: it may have moved to a new ID', async () => {
    const { changes, ref, live, write, unindex, events } = setUp();
    write.mockRejectedValueOnce(refused);
    vi.spyOn(ref, 'deleteIfVersion').mockResolvedValue(false);
    // A record without a nonce is not what this write wrote.
    const current = live({ session: { ...BEFORE, nonce: null } });
    vi.spyOn(ref, 'read').mockResolvedValue(current);
    expect(await changes.write(ref, live(), withN)).toMatchObject({ session: { data: { n: 1 } } });
    expect(unindex).not.toHaveBeenCalled();
    expect(events.map(({ event }) => event.type)).toEqual(['conflict']);
  });

  it('has changed for certain: if the store cannot be read then, its error says only that', async () => {
    const { changes, ref, live, write } = setUp();
    write.mockRejectedValueOnce(refused);
    vi.spyOn(ref, 'deleteIfVersion').mockResolvedValue(false);
    const failure = new Error('down');
    vi.spyOn(ref, 'read').mockRejectedValue(failure);
    await expect(changes.write(ref, live(), withN)).rejects.toBe(failure);
  });

  it('stays if the write fails for another reason', async () => {
    const { changes, ref, live, write, unindex, outcomes } = setUp();
    const failure = new Error('another one');
    write.mockRejectedValue(failure);
    await expect(changes.write(ref, live({ session: copies }), withN)).rejects.toBe(failure);
    expect(unindex).not.toHaveBeenCalled();
    expect(outcomes()).toEqual([]);
  });
});

describe('touch', () => {
  const slid: Change = (session) => ({ ...session });
  const longer: Change = (session) => ({ ...session, maxAge: 60 });

  it.each<[string, Change, boolean, boolean]>([
    ['is that of the store, if it only slides the idle timeout', slid, true, true],
    ['is a write where the store has none', slid, false, false],
    ['is a write where it gives the session a lifetime', longer, true, false],
  ])('%s', async (_, change, slidesByTouch, isOfStore) => {
    const { changes, ref, live, write } = setUp({}, new PlainStore());
    vi.spyOn(ref, 'slidesByTouch', 'get').mockReturnValue(slidesByTouch);
    vi.spyOn(ref, 'read').mockResolvedValue(live());
    const touch = vi.spyOn(ref, 'touch').mockImplementation(async (own, session) => ({ ...own, session }));
    expect(await changes.touch(ref, live(), change)).toMatchObject({ session: { lastSeenAt: NOW } });
    expect([touch, write].map(({ mock }) => mock.calls.length)).toEqual(isOfStore ? [1, 0] : [0, 1]);
  });
});

describe('the entries of a session of a former cookie name', () => {
  const options: Options = { name: ['sid', 'old'] };

  it('move to the first name, in a write with another nonce', async () => {
    const { changes, ref, live, write } = setUp(options);
    const session = { ...BEFORE, entries: [entryOf('ada', 'old')] };
    const moved = await changes.moveEntries(ref, live({ session }));
    expect(moved).toMatchObject({ session: { entries: [entryOf('ada')], nonce: expect.any(String) } });
    expect(moved?.session.nonce).not.toBe('nonce');
    write.mockResolvedValue(null);
    expect(await changes.moveEntries(ref, live({ session }))).toBeNull();
  });

  it('cost no write if they are of the first name', async () => {
    const { changes, ref, live, write } = setUp(options);
    const current = live();
    expect(await changes.moveEntries(ref, current)).toBe(current);
    expect(write).not.toHaveBeenCalled();
  });
});
