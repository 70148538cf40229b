import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresServer } from '../stores/servers/postgres.js';
import { filesOf } from '../versions/documented-app.js';
import { packTarball } from '../versions/installed.js';
import type { NextApp } from '../versions/next-app.js';
import { type Site, Visitor } from '../versions/visitor.js';
import { callsOf, rowsModule } from './call-table.js';
import { postTo } from './compare.js';
import { buildNeighbour, filesIn } from './neighbour-app.js';

// docs/from-auth-js.md: an app with Auth.js and its sessions in PostgreSQL, and the one in which Auth.js only signs people
// in. Both have the same users.

const PAGE = 'docs/from-auth-js.md';
const SCHEMA = `
  CREATE TABLE verification_token (identifier TEXT, expires TIMESTAMPTZ, token TEXT, PRIMARY KEY (identifier, token));
  CREATE TABLE accounts (id SERIAL PRIMARY KEY, "userId" INTEGER, type TEXT, provider TEXT, "providerAccountId" TEXT,
    refresh_token TEXT, access_token TEXT, expires_at BIGINT, id_token TEXT, scope TEXT, session_state TEXT, token_type TEXT);
  CREATE TABLE sessions (id SERIAL PRIMARY KEY, "userId" INTEGER, expires TIMESTAMPTZ, "sessionToken" TEXT);
  CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT, email TEXT, "emailVerified" TIMESTAMPTZ, image TEXT);
`;
const calls = callsOf(PAGE);

let postgres: PostgresServer;
let before: NextApp;
let after: NextApp;

beforeAll(async () => {
  postgres = await PostgresServer.start();
  await postgres.query(SCHEMA);
  const tarball = packTarball();
  const scope = '{ userId }: { userId: string }';
  const theirs = "import { auth, signOut } from '@/auth';\nimport { pool } from '@/lib/pool';";
  before = await buildNeighbour(tarball, 'auth-js', 'before', {
    ...filesIn('auth-js/both'),
    'lib/rows.ts': rowsModule(calls, 'theirs', theirs, scope),
  });
  after = await buildNeighbour(tarball, 'auth-js', 'after', {
    ...filesIn('auth-js/both'),
    ...filesOf(PAGE),
    'lib/rows.ts': rowsModule(calls, 'ours', "import { session } from './session';", scope),
  });
  const settings = {
    SESSION_SECRET: 'a secret of 32 letters, or of some more',
    AUTH_SECRET: 'another secret of 32 letters, or of some more',
    AUTH_TRUST_HOST: 'true',
    DATABASE_URL: postgres.url,
  };
  await Promise.all([before.start(settings), after.start(settings)]);
});
afterAll(async () => {
  await before?.stop();
  await after?.stop();
  await postgres?.stop();
});

/** Signs a visitor in by a mail of Auth.js. Returns where it sends them. */
async function signIn(visitor: Visitor, email: string): Promise<string> {
  const { csrfToken } = JSON.parse((await visitor.open('/api/auth/csrf')).text);
  const body = new URLSearchParams({ csrfToken, email, callbackUrl: '/signed-in' });
  await visitor.open('/api/auth/signin/email', { method: 'POST', body });
  const mail = JSON.parse((await visitor.open(`/api/mails?to=${email}`)).text).value;
  const { pathname, search } = new URL(mail);
  const { status, headers } = await visitor.open(pathname + search);
  expect(status).toBe(302);
  return new URL(headers.get('location') ?? '', 'http://localhost').pathname;
}

async function userOf(visitor: Visitor): Promise<unknown> {
  return JSON.parse((await visitor.open('/api/user')).text).value;
}

/** Signs in on both apps as they do it. */
async function signedIn(app: Site, email: string): Promise<Visitor> {
  const visitor = new Visitor(app);
  const next = await signIn(visitor, email);
  expect(next).toBe('/signed-in');
  if (app === after) await visitor.open(next);
  return visitor;
}

const hasOldCookie = ({ cookies }: Visitor) => cookies.has('authjs.session-token');

describe('every row of the table does the same in both apps', () => {
  const rows = calls.map(({ theirs, ours }, row) => [theirs, ours, row] as const);
  it.each(rows)('%s, %s', async (_, __, row) => {
    const outcomes = [];
    for (const app of [before, after]) {
      const email = `row-${row}-${app === before ? 'before' : 'after'}@example.com`;
      const visitor = await signedIn(app, email);
      const user = String(await userOf(visitor));
      const { value } = await postTo(visitor, `/api/rows/${row}`, {});
      const shown = String(value)
        .replace(email, 'the e-mail')
        .replace(new RegExp(`^${user}$`), 'the user');
      outcomes.push({ value: shown, isSignedIn: (await userOf(visitor)) !== null });
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
  });

  it('and the table has 6 rows of code', () => {
    expect(calls).toHaveLength(6);
  });
});

describe('Auth.js signs in', () => {
  it('and then its own session ends, and ours begins', async () => {
    const visitor = await signedIn(after, 'ada@example.com');
    expect(await userOf(visitor)).toMatch(/^\d+$/);
    expect(hasOldCookie(visitor)).toBe(false);
    expect(JSON.parse((await visitor.open('/api/auth/session')).text)).toBeNull();
  });

  it('and without that, no session of ours begins', async () => {
    const visitor = new Visitor(after);
    expect((await visitor.open('/signed-in')).status).toBe(307);
    expect(await userOf(visitor)).toBeNull();
  });
});

describe('visitors stay signed in over the move', () => {
  it('signed in with Auth.js: the first page leads to a session of ours, and that one ends', async () => {
    const visitor = await signedIn(before, 'bob@example.com');
    const user = await userOf(visitor);
    const moved = new Visitor(after, visitor.cookies);
    expect(await userOf(moved)).toBeNull();
    const { status, headers } = await moved.open('/');
    expect([status, headers.get('location')]).toEqual([307, '/signed-in']);
    await moved.open('/signed-in');
    expect(await userOf(moved)).toBe(String(user));
    expect(hasOldCookie(moved)).toBe(false);
    expect(await userOf(visitor)).toBeNull();
  });

  it('an old cookie that opens nothing goes, so that nobody is sent round in a circle', async () => {
    const visitor = new Visitor(after, [['authjs.session-token', 'forged']]);
    await visitor.open('/signed-in');
    expect(hasOldCookie(visitor)).toBe(false);
    expect(await userOf(visitor)).toBeNull();
  });
});
