import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisServer } from '../stores/servers/redis-server.js';
import { filesOf } from '../versions/documented-app.js';
import { packTarball } from '../versions/installed.js';
import type { NextApp } from '../versions/next-app.js';
import { Visitor } from '../versions/visitor.js';
import { callsOf, rowsModule } from './call-table.js';
import { changesId, dataOf, hoursAfter, postTo, runRow } from './compare.js';
import { ExpressApp } from './express-app.js';
import { buildNeighbour, filesIn } from './neighbour-app.js';

// docs/from-express-session.md: an Express app with Passport, and the Next app that takes its place. Both have their
// sessions in one Redis.

const PAGE = 'docs/from-express-session.md';
const settings = { SESSION_SECRET: 'a secret of 32 letters, or of some more' };
const data = { passport: { user: 'ada' }, visits: 1, cart: ['milk'] };
const calls = callsOf(PAGE);
/** Where the two differ: calls that look alike. */
const REGENERATE = calls.length;
const pairs = [...calls, { theirs: 'req.session.regenerate(next)', ours: 'await session().regenerate()' }];

let redis: RedisServer;
let before: ExpressApp;
let after: NextApp;

beforeAll(async () => {
  redis = await RedisServer.start();
  const tarball = packTarball();
  const own = { ...settings, REDIS_URL: redis.url };
  before = await ExpressApp.start(tarball, rowsModule(pairs, 'theirs', '', '{ req }'), own);
  after = await buildNeighbour(tarball, 'express-session', 'after', {
    'lib/redis-store.ts': filesOf('README.md')['lib/redis-store.ts'] ?? '',
    ...filesOf(PAGE),
    ...filesIn('driven'),
    'lib/rows.ts': rowsModule(pairs, 'ours', "import { session } from './session';"),
  });
  await after.start(own);
});
afterAll(async () => {
  await after?.stop();
  await before?.stop();
  await redis?.stop();
});

describe('every row of the table does the same in both apps', () => {
  it.each(calls.map(({ theirs, ours }, row) => [theirs, ours, row] as const))(
    '%s, %s',
    async (_, __, row) => {
      expect(await runRow(after, row, data)).toEqual(await runRow(before, row, data));
      expect(await changesId(after, row, data)).toBe(await changesId(before, row, data));
    },
  );

  it('and the table has 13 rows of code', () => {
    expect(calls).toHaveLength(13);
  });
});

describe('how long a session lives', () => {
  const week = 7 * 24;
  const rows = calls.flatMap(({ ours }, row) => (ours.includes('touch(') ? [[ours, row] as const] : []));
  const hours: Record<string, readonly [there: number, here: number]> = {
    'await session().touch()': [week, week],
    'await session().touch({ maxAge: 3600 })': [1, 1],
    // connect-redis keeps a record without a date for a day. Here it is `idleTimeout`.
    "await session().touch({ maxAge: 'browser' })": [24, week],
  };

  it('is known of each row', () => {
    expect(rows.map(([ours]) => ours)).toEqual(Object.keys(hours));
  });

  it.each(rows)('after %s', async (ours, row) => {
    const lived = [await hoursAfter(before, row, data, redis), await hoursAfter(after, row, data, redis)];
    expect(lived).toEqual(hours[ours]);
  });

  it.each(rows)('%s says how long the cookie lives', async (ours, row) => {
    const visitor = new Visitor(after);
    await postTo(visitor, '/api/seed', data);
    const { cookies } = await visitor.post(`/api/rows/${row}`, {});
    const ends = cookies.map(({ attributes }) => attributes.find((part) => part.startsWith('max-age=')));
    const [, maxAge] = /maxAge: (\w+)/.exec(ours) ?? [];
    if (maxAge) expect(ends).toEqual([`max-age=${maxAge}`]);
    else expect(ends).toEqual(ours.includes('browser') ? [undefined] : []);
  });
});

it('regenerate() without a function keeps the data, and there it does not', async () => {
  expect((await runRow(before, REGENERATE, data)).data).toEqual({});
  expect((await runRow(after, REGENERATE, data)).data).toEqual(data);
});

describe('visitors stay signed in over the move', () => {
  const signIn = { name: 'ada', password: 'open sesame' };
  const signedIn = { passport: { user: 'ada' } };

  it.each(['Express', 'Next'] as const)(
    'signed in on %s, read, written and signed out on the other',
    async (first) => {
      const [there, here] = first === 'Express' ? [before, after] : [after, before];
      const visitor = new Visitor(there);
      await postTo(visitor, '/api/seed', { cart: ['milk'] });
      await postTo(visitor, '/api/sign-in', signIn);
      // As Passport does: nothing of the session before is kept.
      expect(await dataOf(visitor)).toEqual(signedIn);

      const moved = new Visitor(here, visitor.cookies);
      expect(await dataOf(moved)).toEqual(signedIn);
      await postTo(moved, '/api/rows/2', {});
      expect(await dataOf(visitor)).toEqual({ ...signedIn, visits: 1 });
      expect((await moved.open('/api/sign-in', { method: 'DELETE' })).status).toBe(200);
      expect(await dataOf(visitor)).toEqual({});
    },
  );

  it('a sign-out clears the cookie here, and there it does not', async () => {
    for (const [app, cookies] of [
      [before, 1],
      [after, 0],
    ] as const) {
      const visitor = new Visitor(app);
      await postTo(visitor, '/api/sign-in', signIn);
      await visitor.open('/api/sign-in', { method: 'DELETE' });
      expect(visitor.cookies.size).toBe(cookies);
    }
  });
});
