import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GraceCopy } from './grace-copy.js';
import { newNonce } from './nonce.js';
import { readRecord } from './read-record.js';
import {
  BLANK,
  formatRecord,
  formatSuperseded,
  parseRecord,
  type RecordLayout,
  type Session,
  type Successor,
} from './record.js';
import { MAX_LEASE_MS, type Renewal } from './renewal.js';
import { sessionHandle } from './session-id.js';
import { MAX_USERS } from './user-key.js';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const KEY = 'K'.repeat(43);
const USER = 'u'.repeat(43);
const SHARED = { httpOnly: true, path: '/', secure: false, sameSite: 'lax' } as const;

const compact: RecordLayout = { key: KEY, name: 'sid', lifetimeMs: DAY, shared: null };
const shared: RecordLayout = { ...compact, shared: SHARED };

/** A visitor of 30 days. */
const visitor: Session = {
  ...BLANK,
  data: { theme: 'dark' },
  createdAt: NOW,
  lastSeenAt: NOW + 30 * DAY,
  cookieSentAt: NOW + 30 * DAY,
  expiresAt: NOW + 31 * DAY,
  nonce: newNonce(),
};

/** A user who signed in on the last day: the ID changed, and the entry kept the name that it got from the ID before. */
const user: Session = {
  ...visitor,
  regeneratedAt: NOW + 30 * DAY,
  entries: [{ user: USER, id: sessionHandle('before'), until: NOW + 60 * DAY }],
};

const twoUsers: Session = {
  ...user,
  entries: [USER, 'v'.repeat(43)].map((user) => ({
    user,
    id: sessionHandle('before'),
    until: NOW + 60 * DAY,
  })),
};

/** What a store gives back. */
const stored = (record: object) => JSON.parse(JSON.stringify(record));

describe('a record that nobody else reads', () => {
  it('has a number for its end and a short array, with dates that count from the creation', () => {
    expect(formatRecord({ ...visitor, nonce: 'nonce' }, compact)).toEqual({
      theme: 'dark',
      cookie: { expires: NOW + 31 * DAY },
      __session: [2, 'sid', 'nonce', NOW, 30 * DAY, 30 * DAY],
    });
    const id = sessionHandle('before');
    expect(formatRecord({ ...user, nonce: 'nonce' }, compact).__session).toEqual([
      ...[2, 'sid', 'nonce', NOW, 30 * DAY, 30 * DAY, 30 * DAY],
      { users: [[USER, 60 * DAY, id]] },
    ]);
  });

  it('does not repeat the name of an entry that is named after its key', () => {
    const entry = { user: USER, id: sessionHandle(KEY), until: NOW + DAY };
    const record = stored(formatRecord({ ...visitor, entries: [entry] }, compact));
    expect(record.__session.at(-1)).toEqual({ users: [[USER, DAY]] });
    expect(parseRecord(record, KEY)).toMatchObject({ session: { entries: [entry] } });
  });

  it('has the users in their order, each with the end and the name of its entry', () => {
    const entries = [
      { user: USER, id: sessionHandle('before'), until: NOW + DAY },
      { user: 'v'.repeat(43), id: sessionHandle(KEY), until: NOW + 2 * DAY },
    ];
    const record = stored(formatRecord({ ...visitor, entries }, compact));
    const users = [
      [USER, DAY, sessionHandle('before')],
      ['v'.repeat(43), 2 * DAY],
    ];
    expect(record.__session.at(-1)).toEqual({ users });
    expect(parseRecord(record, KEY)).toMatchObject({ session: { entries } });
  });

  it.each([
    ['120 bytes over the data of a visitor', visitor, 120],
    ['220 bytes over the data of a user who has got a new ID', user, 220],
    ['310 bytes over the data of one with two users', twoUsers, 310],
  ])('holds at most %s', (_, session, most) => {
    const record = formatRecord(session, compact);
    expect(JSON.stringify(record).length - JSON.stringify(session.data).length).toBeLessThanOrEqual(most);
  });
});

describe('a record that express-session shares', () => {
  it('has its cookie, with a date as text, and an object that people can read', () => {
    const handle = sessionHandle(KEY);
    expect(formatRecord({ ...user, nonce: 'nonce', maxAge: 60 }, { ...shared, lifetimeMs: 60_000 })).toEqual({
      theme: 'dark',
      cookie: { originalMaxAge: 60_000, expires: new Date(NOW + 31 * DAY).toISOString(), ...SHARED },
      __session: {
        format: 2,
        name: 'sid',
        nonce: 'nonce',
        createdAt: NOW,
        lastSeenAt: NOW + 30 * DAY,
        cookieSentAt: NOW + 30 * DAY,
        regeneratedAt: NOW + 30 * DAY,
        maxAge: 60,
        users: [[USER, NOW + 60 * DAY, sessionHandle('before')]],
        indexedKey: handle,
      },
    });
  });

  it('has no entry in an index if it was copied to another key', () => {
    const record = stored(formatRecord(user, shared));
    expect(parseRecord(record, KEY)).toMatchObject({ session: { entries: user.entries } });
    expect(parseRecord(record, 'another-key')).toMatchObject({ session: { entries: [] } });
  });

  it('has no grace copies, whatever others write into it', () => {
    const copies = [{ key: 'another-session', until: NOW }];
    const record = stored(formatRecord({ ...user, graceCopies: copies }, shared));
    expect(parseRecord(record, KEY)).toMatchObject({ is: 'session', session: { graceCopies: [] } });
    const superseded = { ...record, __session: { ...record.__session, superseded: true } };
    expect(parseRecord(superseded, KEY)).toMatchObject({ is: 'session' });
  });

  it('was seen when Express has touched it last', () => {
    const record = stored(formatRecord(visitor, shared));
    record.cookie.expires = new Date(NOW + 32 * DAY).toISOString();
    expect(parseRecord(record, KEY)).toMatchObject({ session: { lastSeenAt: NOW + 31 * DAY } });
  });
});

const time = fc.integer({ min: 0, max: 4e12 });
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const copy: fc.Arbitrary<GraceCopy> = fc.record({ key: id, until: time });
const about = { key: fc.string(), holder: id, until: time };
const failure = fc.oneof(fc.record({ name: id }), fc.record({ name: id, code: fc.oneof(id, fc.integer()) }));
const renewal: fc.Arbitrary<Renewal> = fc.oneof(
  fc.record({ is: fc.constant('leased' as const), ms: fc.integer({ min: 1, max: MAX_LEASE_MS }), ...about }),
  fc.record({ is: fc.constant('renewed' as const), ...about }),
  fc.record({ is: fc.constant('failed' as const), failure, ...about }),
);
const data = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((object) => stored(object))
  .filter((object) => !['cookie', '__session', '__proto__'].some((key) => Object.hasOwn(object, key)));

const successor: fc.Arbitrary<Successor> = fc.record({ key: id, until: time });

const anySession: fc.Arbitrary<Session> = fc.record({
  data,
  createdAt: time,
  lastSeenAt: maybe(time),
  // 1970 stands for a date that cannot be read.
  expiresAt: maybe(time.filter((at) => at > 0)),
  entries: fc.array(fc.record({ user: id, id, until: time }), { maxLength: MAX_USERS }),
  nonce: maybe(id),
  cookieSentAt: maybe(time),
  regeneratedAt: maybe(time),
  maxAge: maybe(fc.integer({ min: 1, max: 1e9 })),
  graceCopies: fc.array(copy, { maxLength: 3 }),
  renewals: fc.array(renewal, { maxLength: 3 }),
});

describe('every session', () => {
  it('is the same when its compact record is read again', () => {
    fc.assert(
      fc.property(anySession, id, (session, key) => {
        // Its own lifetime says when it was seen as well.
        const { lastSeenAt, expiresAt, maxAge } = session;
        const isOwn = maxAge !== null && expiresAt !== null;
        const seenAt = isOwn ? Math.max(lastSeenAt ?? Number.NEGATIVE_INFINITY, expiresAt - DAY) : lastSeenAt;
        const record = stored(formatRecord(session, { ...compact, key }));
        const expected = { is: 'session', name: 'sid', session: { ...session, lastSeenAt: seenAt } };
        expect(parseRecord(record, key)).toEqual(expected);
      }),
    );
  });

  it('is the same but for its grace copies when its shared record is read again', () => {
    fc.assert(
      fc.property(anySession, id, (session, key) => {
        const { lastSeenAt, expiresAt } = session;
        const touchedAt = expiresAt === null ? null : expiresAt - DAY;
        const seenAt =
          lastSeenAt === null || touchedAt === null
            ? (lastSeenAt ?? touchedAt)
            : Math.max(lastSeenAt, touchedAt);
        const record = stored(formatRecord(session, { ...shared, key }));
        const expected = { ...session, lastSeenAt: seenAt, graceCopies: [] };
        expect(parseRecord(record, key)).toEqual({ is: 'session', name: 'sid', session: expected });
      }),
    );
  });

  it('leaves a grace copy that reads as one', () => {
    fc.assert(
      fc.property(anySession, time, maybe(successor), (session, expiresAt, successor) => {
        const { data, createdAt, lastSeenAt, entries, nonce } = session;
        const superseded = { data, createdAt, lastSeenAt, expiresAt, entries, nonce, successor };
        const record = stored(formatSuperseded(superseded, compact));
        expect(parseRecord(record, KEY)).toEqual({ is: 'superseded', name: 'sid', session: superseded });
      }),
    );
  });
});

describe('records of others', () => {
  it.each([
    ['1.x', { userId: 'ada' }],
    [
      'express-session',
      { cookie: { originalMaxAge: null, expires: null, httpOnly: true, path: '/' }, userId: 'ada' },
    ],
    ['somebody with an object of their own', { __session: { createdAt: 1, users: ['eve'] }, userId: 'ada' }],
  ])('of %s are sessions without a name and without dates', (_, record) => {
    const session = { ...BLANK, data: { userId: 'ada' } };
    expect(parseRecord(record, KEY)).toEqual({ is: 'session', name: null, session });
  });

  it('of express-session say by their lifetime when they were seen', () => {
    const cookie = { originalMaxAge: DAY, expires: new Date(NOW + DAY).toISOString() };
    expect(parseRecord({ cookie }, KEY)).toMatchObject({
      session: { lastSeenAt: NOW, expiresAt: NOW + DAY },
    });
  });
});

const policy = { idleMs: DAY, absoluteMs: null, touchAfterMs: 60_000 };
const context = {
  key: KEY,
  names: ['sid'],
  policy,
  now: NOW,
  keeper: 'record',
  maxBytes: null,
  seal: null,
} as const;

it.each([0, 1])('a session has expired when entry %i ends, though the store keeps idle ones', (first) => {
  const ends = [NOW + 2, NOW + 2].with(first, NOW + 1);
  const entries = ends.map((until, n) => ({ user: `user-${n}`, id: 'an-entry', until }));
  const record = stored(formatRecord({ ...visitor, entries }, compact));
  const stateAt = (now: number) => readRecord({ record }, { ...context, keeper: 'store', now }).is;
  expect([stateAt(NOW), stateAt(NOW + 1)]).toEqual(['live', 'expired']);
});

describe('a record of a later format', () => {
  it.each([
    ['an array with a greater number', [3, 'whatever', {}]],
    ['an object with a greater number', { format: 3 }],
    ['a number with a fraction', [2.5]],
    ['a text, such as a sealed body', 'A3Nl_Ym9keQ'],
    ['an empty text', ''],
  ])('is left alone: %s', (_, __session) => {
    expect(parseRecord({ n: 1, __session }, KEY)).toEqual({ is: 'later' });
    expect(readRecord({ record: { n: 1, __session } }, context)).toEqual({
      is: 'rejected',
      reason: 'later_format',
    });
  });

  it('is left alone even if all else in it is garbage', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (rest, cookie) => {
        expect(parseRecord({ cookie, __session: [3, ...rest] }, KEY)).toEqual({ is: 'later' });
      }),
    );
  });

  it('of another name is no session, in both shapes', () => {
    for (const layout of [compact, shared]) {
      const record = stored(formatRecord({ ...visitor, expiresAt: NOW + DAY }, { ...layout, name: 'staff' }));
      expect(readRecord({ record }, context)).toEqual({ is: 'rejected', reason: 'other_name' });
      expect(readRecord({ record }, { ...context, names: ['staff'] })).toMatchObject({ is: 'live' });
    }
  });
});

describe('hostile records', () => {
  /** JSON as an attacker may write it, with keys that JSON.parse makes and objects do not have. */
  const garbage = fc
    .jsonValue({ maxDepth: 4 })
    .chain((value) =>
      fc.constantFrom(
        value,
        JSON.parse(
          `{"__proto__":${JSON.stringify(value)},"constructor":{"prototype":${JSON.stringify(value)}}}`,
        ),
        JSON.parse(`{"toString":1,"valueOf":${JSON.stringify(value)}}`),
        JSON.parse(`{"toJSON":1,"length":9,"0":2,"format":2}`),
      ),
    );

  function check(record: unknown): void {
    const parsed = parseRecord(record, KEY);
    if (!parsed || parsed.is === 'later') return;
    const { session } = parsed;
    expect(Object.getPrototypeOf(session)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(session.data)).toBe(Object.prototype);
    for (const key of ['cookie', '__session', '__proto__'])
      expect(Object.hasOwn(session.data, key)).toBe(false);
    for (const date of [session.createdAt, session.lastSeenAt, session.expiresAt]) {
      expect(date === null || Number.isFinite(date)).toBe(true);
    }
    for (const name of [session.nonce, parsed.name]) {
      expect(name === null || typeof name === 'string').toBe(true);
    }
    expect(session.entries.length).toBeLessThanOrEqual(MAX_USERS);
    for (const { user, id, until } of session.entries) {
      expect([typeof user, typeof id, Number.isFinite(until)]).toEqual(['string', 'string', true]);
    }
    if (parsed.is === 'superseded') return;
    for (const { key, until } of parsed.session.graceCopies) {
      expect(key).toMatch(/^[A-Za-z0-9._~:-]{1,256}$/);
      expect(Number.isFinite(until)).toBe(true);
    }
  }

  it('never throw and never reach a prototype, whatever is in them', () => {
    fc.assert(fc.property(garbage, check));
    fc.assert(fc.property(garbage, garbage, (cookie, __session) => check({ cookie, __session })));
    const format = fc.constantFrom(2, 2, 2, 1, -1, null, '2', [2]);
    fc.assert(
      fc.property(format, fc.array(garbage, { maxLength: 9 }), (format, rest) =>
        check({ __session: [format, ...rest] }),
      ),
    );
    expect({}).not.toHaveProperty('n');
  });

  it('never throw whatever their users, entry and copies are, in both shapes', () => {
    const rest = fc.record(
      {
        users: fc.oneof(garbage, fc.array(fc.tuple(garbage, garbage, garbage))),
        indexedKey: garbage,
        maxAge: garbage,
        superseded: garbage,
      },
      { requiredKeys: [] },
    );
    const copies = fc.oneof(garbage, fc.array(fc.oneof(garbage, fc.tuple(fc.string(), garbage))));
    fc.assert(
      fc.property(rest, copies, (rest, copies) => {
        check({ __session: [2, 'sid', 'nonce', NOW, 0, 0, null, { ...rest, copies }] });
        check({ __session: { format: 2, name: 'sid', createdAt: NOW, ...rest, copies } });
      }),
    );
  });

  it.each([
    ['no array of copies', 'K'],
    ['no pair', ['K', 1, null, {}]],
    [
      'a key that no store may be given',
      [
        ['../secrets', 1],
        ['', 1],
        ['a b', 1],
        ['x'.repeat(257), 1],
        [7, 1],
      ],
    ],
    ['no time', [['K', null], ['K', 'soon'], ['K'], ['K', {}]]],
  ])('have no grace copies: %s', (_, copies) => {
    const record = { __session: [2, 'sid', null, NOW, 0, 0, null, { copies }] };
    expect(parseRecord(record, KEY)).toMatchObject({ session: { graceCopies: [] } });
  });

  it.each([
    ['a user alone', { users: [[USER]] }],
    ['an end alone', { users: [[null, DAY]] }],
    ['users that are no array', { users: 'ada' }],
    ['a user that is no array', { users: ['ada', DAY] }],
    ['a user that is no text', { users: [[{}, DAY, 'an-entry']] }],
    ['an end that is no number', { users: [[USER, 'soon', 'an-entry']] }],
  ])('claim no entry: %s', (_, rest) => {
    const record = { __session: [2, 'sid', null, NOW, 0, 0, null, rest] };
    expect(parseRecord(record, KEY)).toMatchObject({ session: { entries: [] } });
  });

  it('claim entries by what in them is a claim, and no more than a session may have', () => {
    const claims = [[USER, 'soon'], null, [USER, DAY, 'an-entry'], [7, DAY], ['v', 2 * DAY]];
    const record = (users: unknown) => ({ __session: [2, 'sid', null, NOW, 0, 0, null, { users }] });
    expect(parseRecord(record(claims), KEY)).toMatchObject({
      session: {
        entries: [
          { user: USER, id: 'an-entry', until: NOW + DAY },
          { user: 'v', id: sessionHandle(KEY), until: NOW + 2 * DAY },
        ],
      },
    });
    const many = Array.from({ length: 100_000 }, (_, n) => [`user-${n}`, DAY]);
    expect(parseRecord(record(many), KEY)).toMatchObject({ session: { entries: { length: MAX_USERS } } });
  });

  it.each([
    ['null', null],
    ['a number', 2],
    ['a boolean', true],
    ['an empty array', []],
    ['an array without a name', [2, null, null, NOW]],
    ['an array without a date', [2, 'sid', null, null]],
    ['an array with an earlier number', [1, 'sid', null, NOW]],
  ])('are no records: __session is %s', (_, __session) => {
    expect(parseRecord({ __session }, KEY)).toBe(null);
  });

  it('may be nested deeply, in every place', () => {
    const deep = '['.repeat(5000) + ']'.repeat(5000);
    for (const text of [
      `{"n":${deep}}`,
      `{"cookie":${deep}}`,
      `{"cookie":{"expires":${deep},"originalMaxAge":${deep}}}`,
      `{"__session":${deep}}`,
      `{"__session":[2,"sid",null,${NOW},${deep},${deep},${deep},{"users":[[${deep},${deep}]],"copies":[${deep}]}]}`,
    ]) {
      check(JSON.parse(text));
    }
  });

  it('with a date that cannot be read have expired long ago', () => {
    for (const expires of ['soon', {}, [], true, 8.64e15 + 1, { toString: null }]) {
      expect(parseRecord({ cookie: { expires } }, KEY)).toMatchObject({ session: { expiresAt: 0 } });
    }
    for (const cookie of [null, 1, 'x', []]) {
      expect(parseRecord({ cookie }, KEY)).toMatchObject({ session: { expiresAt: 0 } });
    }
  });
});
