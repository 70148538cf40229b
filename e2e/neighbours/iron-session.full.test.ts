import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesOf } from '../versions/documented-app.js';
import { packTarball } from '../versions/installed.js';
import type { NextApp } from '../versions/next-app.js';
import { Visitor } from '../versions/visitor.js';
import { callsOf, rowsModule } from './call-table.js';
import { dataOf, postTo, runRow } from './compare.js';
import { buildNeighbour, filesIn } from './neighbour-app.js';

// docs/from-iron-session.md: an app with iron-session, and the one that takes its place.

const PAGE = 'docs/from-iron-session.md';
const settings = {
  SESSION_SECRET: 'a secret of 32 letters, or of some more',
  IRON_PASSWORD: 'a password of 32 letters, or of some more',
  LINK_SECRET: 'another secret of 32 letters, or of some more',
};
const data = { user: 'ada', visits: 1, cart: ['milk'] };
const calls = callsOf(PAGE);

let before: NextApp;
let after: NextApp;

beforeAll(async () => {
  const tarball = packTarball();
  const theirs = rowsModule(
    calls,
    'theirs',
    "import type { IronSession } from 'iron-session';\nimport { type SessionData, sessionOptions } from './session';",
    '{ session }: { session: IronSession<SessionData> }',
  );
  const ours = rowsModule(calls, 'ours', "import { session } from './session';");
  before = await buildNeighbour(tarball, 'iron-session', 'before', { 'lib/rows.ts': theirs });
  const files = { ...filesOf(PAGE), ...filesIn('driven'), 'lib/rows.ts': ours };
  after = await buildNeighbour(tarball, 'iron-session', 'after', files);
  await Promise.all([before.start(settings), after.start(settings)]);
});
afterAll(async () => {
  await before?.stop();
  await after?.stop();
});

describe('every row of the table does the same in both apps', () => {
  const rows = calls.map(({ theirs, ours }, row) => [theirs, ours, row] as const);
  it.each(rows)('%s, %s', async (_, __, row) => {
    expect(await runRow(after, row, data)).toEqual(await runRow(before, row, data));
  });

  it('and the table has 8 rows of code', () => {
    expect(calls).toHaveLength(8);
  });

  it('ttl and touch({ maxAge }) say how long the cookie lives: iron-session ends it a minute before the seal', async () => {
    const row = calls.findIndex(({ ours }) => ours.includes('touch('));
    const ends = [];
    for (const app of [before, after]) {
      const visitor = new Visitor(app);
      await postTo(visitor, '/api/seed', data);
      const { cookies } = await visitor.post(`/api/rows/${row}`, {});
      ends.push(cookies.map(({ attributes }) => attributes.find((part) => part.startsWith('max-age='))));
    }
    expect(ends).toEqual([['max-age=3540'], ['max-age=3600']]);
  });
});

describe('in both apps', () => {
  it.each(['before', 'after'] as const)('a Client Component has the defaults, %s', async (side) => {
    const visitor = new Visitor(side === 'before' ? before : after);
    expect((await visitor.open('/cart')).text).toContain('an empty cart');
    await postTo(visitor, '/api/seed', data);
    expect((await visitor.open('/cart')).text).toContain('milk');
  });
});

describe('a magic link', () => {
  const user = 'ada@example.com';
  const linkOf = async (app: NextApp) =>
    String((await postTo(new Visitor(app), '/api/magic-link', { email: user })).value);
  /** Within the token: iron-session does not look at what follows its end. */
  const forge = (link: string) =>
    link.replace(/(token=.{40})(.)/, (_, head, next) => head + (next === 'a' ? 'b' : 'a'));

  it('signs in there as soon as it is opened', async () => {
    const link = await linkOf(before);
    const visitor = new Visitor(before);
    expect((await visitor.open(forge(link))).status).toBe(403);
    expect(await dataOf(visitor)).toEqual({});
    expect((await visitor.open(link)).status).toBe(307);
    expect(await dataOf(visitor)).toEqual({ user });
  });

  it('signs in here after a click on a button that says as whom', async () => {
    const link = await linkOf(after);
    const visitor = new Visitor(after);
    expect((await visitor.open(forge(link))).text).toContain('This link is too old');
    expect((await visitor.open(link)).text).toContain(`Sign in as ${user}`);
    const [, token = ''] = forge(link).split('token=');
    const refused = await visitor.submit(link, { token });
    expect([refused.status, refused.headers.get('location')]).toEqual([303, '/sign-in/by-link']);
    expect(await dataOf(visitor)).toEqual({});
    const { status, headers } = await visitor.submit(link, {});
    expect([status, headers.get('location')]).toEqual([303, '/']);
    expect(await dataOf(visitor)).toEqual({ user });
  });
});

describe('visitors stay signed in over the move', () => {
  const isMoved = ({ cookies }: Visitor) => cookies.has('sid') && !cookies.has('iron-app');

  it('signed in with iron-session, read, written and signed out with this library', async () => {
    const visitor = new Visitor(before);
    await postTo(visitor, '/api/seed', data);
    await postTo(visitor, '/api/sign-in', { name: 'bob' });

    const moved = new Visitor(after, visitor.cookies);
    const first = await moved.open('/cart');
    expect([first.status, first.headers.get('location')]).toEqual([307, '/cart']);
    expect(isMoved(moved)).toBe(true);
    expect((await moved.open('/cart')).text).toContain('milk');
    expect(await dataOf(moved)).toEqual({ ...data, user: 'bob' });
    await moved.open('/api/sign-in', { method: 'DELETE' });
    expect(await dataOf(moved)).toEqual({});
  });

  it('a write to the old address keeps its method and body', async () => {
    const visitor = new Visitor(before);
    await postTo(visitor, '/api/seed', data);
    const moved = new Visitor(after, visitor.cookies);
    const first = await moved.post('/api/sign-in', { name: 'carl' });
    expect(first.status).toBe(307);
    await postTo(moved, '/api/sign-in', { name: 'carl' });
    expect(await dataOf(moved)).toEqual({ ...data, user: 'carl' });
  });

  it.each(['forged', 'Fe26.2*1*forged*x*x*x*x*x~2'])(
    'a cookie %s opens nothing, and goes',
    async (forged) => {
      const visitor = new Visitor(after, [['iron-app', forged]]);
      expect((await visitor.open('/cart')).status).toBe(307);
      expect([...visitor.cookies]).toEqual([]);
      expect(await dataOf(visitor)).toEqual({});
    },
  );

  it('a session that is there already wins over the old cookie', async () => {
    const visitor = new Visitor(before);
    await postTo(visitor, '/api/seed', data);
    const moved = new Visitor(after);
    await postTo(moved, '/api/sign-in', { name: 'bob' });
    moved.cookies.set('iron-app', visitor.cookies.get('iron-app') ?? '');
    await moved.open('/cart');
    expect(isMoved(moved)).toBe(true);
    expect(await dataOf(moved)).toEqual({ user: 'bob' });
  });
});

it('a sign-out ends a copy of the cookie, and there it does not', async () => {
  for (const [app, copied] of [
    [before, data],
    [after, {}],
  ] as const) {
    const visitor = new Visitor(app);
    await postTo(visitor, '/api/seed', data);
    const copy = new Visitor(app, visitor.cookies);
    await visitor.open('/api/sign-in', { method: 'DELETE' });
    expect(await dataOf(copy)).toEqual(copied);
  }
});
