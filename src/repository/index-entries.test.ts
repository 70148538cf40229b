import { describe, expect, it, vi } from 'vitest';
import { resolveOptions } from '../options/options.js';
import { BLANK, type Session, type SessionEntry } from '../record/record.js';
import { userKeys } from '../record/user-key.js';
import { Browser } from '../test-kits/browser.js';
import { SpyStore } from '../test-kits/spy-store.js';
import { all, type Data, setUp, startClock } from '../test-kits/user-sessions.js';
import { areSameEntries, belongsTo, isAmong, isEntryDue, keysOfUser, underFirstName } from './index-entry.js';

startClock();

const FRAME = '    at run (/app/run.js:1:1)';

/** The options of an app whose sessions have two users, while its cookie changes to `new`. */
const options = resolveOptions<Data, object>({
  name: ['new', 'old', 'oldest'],
  user: ({ userId, sid, device }) => {
    if (device === 'broken') throw new Error('of the app');
    return [userId, sid];
  },
});

const [OLDEST_ADA, OLDEST_SID] = userKeys('oldest', ['ada', 'sid']) as [string, string];
const [OLD_ADA, OLD_SID] = userKeys('old', ['ada', 'sid']) as [string, string];
const [NEW_ADA, NEW_SID] = userKeys('new', ['ada', 'sid']) as [string, string];

const entry = (user: string, id = `of ${user}`): SessionEntry => ({ user, id, until: 9e12 });

const sessionOf = (data: Data, ...entries: SessionEntry[]): Session => ({
  ...BLANK,
  data: { ...data },
  entries,
});

const BOTH: Data = { userId: 'ada', sid: 'sid' };

describe('the keys of a user, while the cookie name changes', () => {
  it('are one for each name, that of the first name last, whichever of them is known', () => {
    const session = sessionOf(BOTH);
    expect(keysOfUser(session, OLD_SID, options)).toEqual([OLDEST_SID, OLD_SID, NEW_SID]);
    expect(keysOfUser(session, NEW_ADA, options)).toEqual([OLDEST_ADA, OLD_ADA, NEW_ADA]);
  });

  it.each<[string, Data]>([
    ['the data does not name', { userId: 'bob' }],
    ['the `user` option cannot tell', { ...BOTH, device: 'broken' }],
  ])('are the one that is known, of a user whom %s', (_, data) => {
    expect(keysOfUser(sessionOf(data), OLD_ADA, options)).toEqual([OLD_ADA]);
  });
});

describe('the entries of a session whose cookie had another name', () => {
  it('move to the indices of the first name, and keep their names and their ends', () => {
    const session = sessionOf(BOTH, entry(OLD_ADA, 'a'), entry(OLD_SID, 'b'));
    expect(underFirstName(session, options).entries).toEqual([entry(NEW_ADA, 'a'), entry(NEW_SID, 'b')]);
  });

  it('move alone: another user, whom the data does not name, stays where they are', () => {
    const session = sessionOf({ userId: 'bob', sid: 'sid' }, entry(OLD_ADA, 'a'), entry(OLD_SID, 'b'));
    expect(underFirstName(session, options).entries).toEqual([entry(OLD_ADA, 'a'), entry(NEW_SID, 'b')]);
  });

  it.each<[string, Session]>([
    ['they have moved', sessionOf(BOTH, entry(NEW_ADA), entry(NEW_SID))],
    ['there are none', sessionOf(BOTH)],
    ['the `user` option throws', sessionOf({ ...BOTH, device: 'broken' }, entry(OLD_ADA))],
  ])('stay where they are if %s, so that nothing is to be written', (_, session) => {
    expect(underFirstName(session, options)).toBe(session);
  });
});

describe('a record belongs to an entry', () => {
  const of = (user: string, id: string) => ({ user, id });

  it('that it names, also among several, and to no other of that user', () => {
    const session = sessionOf(BOTH, entry(NEW_ADA, 'a'), entry(NEW_SID, 'b'));
    expect(belongsTo(session, of(NEW_ADA, 'a'), options)).toBe(true);
    expect(belongsTo(session, of(NEW_SID, 'b'), options)).toBe(true);
    expect(belongsTo(session, of(NEW_ADA, 'b'), options)).toBe(false);
    expect(belongsTo(session, of(NEW_ADA, 'c'), options)).toBe(false);
  });

  it('in the index of each cookie name, while it moves', () => {
    const session = sessionOf(BOTH, entry(NEW_ADA, 'a'));
    expect(belongsTo(session, of(OLD_ADA, 'a'), options)).toBe(true);
    expect(belongsTo(session, of(OLD_SID, 'a'), options)).toBe(false);
  });

  it('that it names, whatever its data says', () => {
    const session = sessionOf({ userId: 'bob' }, entry(NEW_ADA, 'a'));
    expect(belongsTo(session, of(NEW_ADA, 'a'), options)).toBe(true);
    expect(belongsTo(session, of(userKeys('new', 'bob')[0] ?? '', 'a'), options)).toBe(false);
  });

  it('of a user whom its data names, if it names no entry', () => {
    expect(belongsTo(sessionOf(BOTH), of(OLD_ADA, 'a'), options)).toBe(true);
    expect(belongsTo(sessionOf({ userId: 'bob' }), of(OLD_ADA, 'a'), options)).toBe(false);
    expect(belongsTo(sessionOf({ ...BOTH, device: 'broken' }), of(OLD_ADA, 'a'), options)).toBe(false);
  });
});

describe('entries', () => {
  it.each([
    [[NEW_ADA], [NEW_ADA], true],
    [[NEW_ADA], [NEW_SID], false],
    [[NEW_ADA, NEW_SID], [NEW_SID, NEW_ADA], false],
    [[NEW_ADA, NEW_SID], [NEW_ADA], false],
    [[NEW_ADA], [NEW_ADA, NEW_SID], false],
    [[], [], true],
  ])('are the same if their users are, in their order: %#', (a, b, areSame) => {
    const entries = (users: string[]) => users.map((user) => entry(user));
    expect(areSameEntries(entries(a), entries(b))).toBe(areSame);
    const due = sessionOf(BOTH, ...entries(b));
    expect(isEntryDue(due, { ...options, user: () => [] })).toBe(b.length > 0);
  });

  it('are known by their user', () => {
    expect(isAmong(entry(NEW_ADA), [entry(NEW_SID), entry(NEW_ADA)])).toBe(true);
    expect(isAmong(entry(NEW_ADA), [entry(NEW_SID)])).toBe(false);
  });
});

describe('a process whose store has no index', () => {
  it.each<[string, object]>([
    ['no index', { users: undefined }],
    ['no compare and swap, without which an index does not count', { atomic: undefined }],
  ])(
    'gives a session a new ID, and one that has an index finds it at its next read: %s',
    async (_, lacking) => {
      const { store, signIn, session, ada } = setUp();
      const browser = await signIn();
      const blind = setUp({ store: Object.assign(Object.create(store), lacking), user: undefined });
      const elsewhere = new Browser(blind.session, Object.fromEntries(browser.cookies));
      await elsewhere.visit((own) => own().regenerate());
      const here = new Browser(session, Object.fromEntries(elsewhere.cookies));
      expect(await all(here)).toMatchObject({ userId: 'ada' });
      expect(await ada.list()).toHaveLength(1);
    },
  );

  it('signs nobody in if it has the `user` option: nobody could end that session', async () => {
    const { spy, atomic, ...methods } = new SpyStore();
    const store = Object.assign(Object.create(SpyStore.prototype), methods, {
      spy,
      atomic,
      users: undefined,
    });
    const { signIn } = setUp({ store: () => store });
    await expect(signIn()).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
    expect(spy.calls).toEqual([]);
  });
});

describe('the calls of the index', () => {
  it('are told to telemetry, with what came of them', async () => {
    const events: unknown[] = [];
    const { signIn, ada } = setUp({
      onEvent: (event) => {
        if (event.type === 'store_call') events.push(`${event.operation} ${event.outcome}`);
      },
    });
    await signIn();
    await ada.list();
    await ada.revokeAll();
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toEqual([
      'index ok',
      'set ok',
      'index ok',
      'list ok',
      'revoke ok',
      'destroy ok',
      'unindex ok',
    ]);
  });

  it('are made again if their answer was lost', async () => {
    const { store, signIn, devices } = setUp();
    store.spy.lose('index');
    await signIn();
    expect(store.spy.calls).toEqual(['index', 'index', 'set', 'index']);
    expect(await devices()).toEqual(['laptop']);
  });

  it('show no key that the store was told in the stack of an error', async () => {
    const { store, session, signIn } = setUp({ hashIds: false });
    const browser = await signIn();
    const told: string[] = [];
    const { users } = store.memory;
    const fail = (...keys: (string | undefined)[]): never => {
      told.push(...keys.flatMap((key) => key ?? []));
      const frames = keys.map((key) => `    at send (/app/${key}/x.js:1:1)`);
      throw Object.assign(new Error('down'), { stack: ['Error: down', ...frames, FRAME].join('\n') });
    };
    vi.spyOn(users, 'add').mockImplementation((user, { key, from }) => fail(user, key, from));
    vi.spyOn(users, 'list').mockImplementation((user) => fail(user));
    const errors = [
      await browser.visit((own) => own().regenerate()).catch((error: Error) => error.cause),
      await session
        .user('ada')
        .list()
        .catch((error: Error) => error.cause),
    ];
    const stacks = errors.map((error) => (error as Error).stack);
    expect(stacks).toEqual([`Error: down\n${FRAME}`, `Error: down\n${FRAME}`]);
    expect(new Set(told).size).toBe(3);
  });
});
