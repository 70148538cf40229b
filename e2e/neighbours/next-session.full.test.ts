import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisServer } from '../stores/servers/redis-server.js';
import { filesOf } from '../versions/documented-app.js';
import { packTarball } from '../versions/installed.js';
import type { NextApp } from '../versions/next-app.js';
import { Visitor } from '../versions/visitor.js';
import { callsOf, rowsModule } from './call-table.js';
import { changesId, dataOf, hoursAfter, postTo, runRow } from './compare.js';
import { buildNeighbour } from './neighbour-app.js';

// docs/from-next-session.md: an app with next-session, and the one that takes its place. Both have their sessions in one
// Redis.

const PAGE = 'docs/from-next-session.md';
const secret = { SESSION_SECRET: 'a secret of 32 letters, or of some more' };
const data = { user: 'ada', visits: 1, cart: ['milk'] };
const calls = callsOf(PAGE);

let redis: RedisServer;
let before: NextApp;
let after: NextApp;

beforeAll(async () => {
  redis = await RedisServer.start();
  const tarball = packTarball();
  before = await buildNeighbour(tarball, 'next-session', 'before', {
    'lib/rows.ts': rowsModule(
      calls,
      'theirs',
      '// biome-ignore-all lint: generated',
      '{ session }: { session: any }',
    ),
  });
  after = await buildNeighbour(tarball, 'next-session', 'after', {
    'lib/redis-store.ts': filesOf('README.md')['lib/redis-store.ts'] ?? '',
    ...filesOf(PAGE),
    'lib/rows.ts': rowsModule(
      calls,
      'ours',
      "import type { NextApiRequest, NextApiResponse } from 'next';\nimport { session } from './session';",
      '{ req, res }: { req: NextApiRequest; res: NextApiResponse }',
    ),
  });
  const settings = { ...secret, REDIS_URL: redis.url };
  await Promise.all([before.start(settings), after.start(settings)]);
});
afterAll(async () => {
  await before?.stop();
  await after?.stop();
  await redis?.stop();
});

describe('every row of the table does the same in both apps', () => {
  const rows = calls.map(({ theirs, ours }, row) => [theirs, ours, row] as const);
  it.each(rows)('%s, %s', async (_, __, row) => {
    expect(await runRow(after, row, data)).toEqual(await runRow(before, row, data));
    expect(await changesId(after, row, data)).toBe(await changesId(before, row, data));
  });

  it('and the table has 9 rows of code', () => {
    expect(calls).toHaveLength(9);
  });

  it('touch() keeps the session for a week', async () => {
    const row = calls.findIndex(({ ours }) => ours.includes('touch()'));
    for (const app of [before, after]) expect(await hoursAfter(app, row, data, redis)).toBe(7 * 24);
  });
});

describe('visitors stay signed in over the move', () => {
  it.each(['next-session', 'this library'])('signed in with %s, then the other', async (first) => {
    const [there, here] = first === 'next-session' ? [before, after] : [after, before];
    const visitor = new Visitor(there);
    await postTo(visitor, '/api/seed', { cart: ['milk'] });
    await postTo(visitor, '/api/sign-in', { name: 'ada' });

    const moved = new Visitor(here, visitor.cookies);
    expect(await dataOf(moved)).toEqual({ cart: ['milk'], user: 'ada' });
    expect((await moved.open('/visits')).text).toContain('Visit 1');
    expect((await visitor.open('/visits')).text).toContain('Visit 2');
    await moved.open('/api/sign-in', { method: 'DELETE' });
    expect(await dataOf(new Visitor(there, visitor.cookies))).toEqual({});
  });

  it('in the App Router too', async () => {
    const visitor = new Visitor(before);
    await visitor.open('/visits');
    expect((await new Visitor(after, visitor.cookies).open('/your-visits')).text).toContain('so far: 1');
  });

  it('but not with a cookie that holds the bare ID', async () => {
    await before.stop();
    await before.start({ SESSION_SECRET: '', REDIS_URL: redis.url });
    const visitor = new Visitor(before);
    await postTo(visitor, '/api/sign-in', { name: 'ada' });
    expect(await dataOf(visitor)).toEqual({ user: 'ada' });
    expect(await dataOf(new Visitor(after, visitor.cookies))).toEqual({});
  });
});
