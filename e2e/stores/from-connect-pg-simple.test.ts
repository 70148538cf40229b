import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import createPgStore from 'connect-pg-simple';
import { ConnectSessionKnexStore } from 'connect-session-knex';
import express from 'express';
import expressSession, { type Store } from 'express-session';
import createKnex from 'knex';
import nextAppSession, { type Options, promisifyStore } from 'next-app-session';
import { SqlStore } from 'next-app-session/sql';
import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { docBlocks } from '../package/doc-blocks.js';
import { read } from '../package/repository.js';
import { serve } from './express-app.kit.js';
import { PostgresServer } from './servers/postgres.js';

declare module 'express-session' {
  interface SessionData {
    cart: string[];
  }
}

// The move that docs/sql.md describes: an Express app on connect-pg-simple, and an app on SqlStore that takes its place.

const SECRET = 'a secret of 32 letters, or of some more';
const NAME = 'connect.sid';
const DAY_MS = 86_400_000;

const [MOVE = ''] = docBlocks(read('docs/sql.md').split('## From connect-pg-simple')[1] ?? '').flatMap(
  ({ language, code }) => (language === 'sql' ? [code] : []),
);

let server: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  server = await PostgresServer.start();
  pool = new Pool(server.connection);
});
afterAll(async () => {
  await pool?.end();
  await server?.stop();
});

beforeEach(async () => {
  const tables = ['session', 'sessions', 'session_before_move', 'next_app_session', 'next_app_session_users'];
  await pool.query(`DROP TABLE IF EXISTS ${tables.join(', ')}`);
});

/** The app before the move. `maxAge` in milliseconds; `null` is a cookie that ends with the browser. */
function serveExpress(store: Store, maxAge: number | null): Promise<Server> {
  const app = express();
  app.use(
    expressSession({
      store,
      name: NAME,
      secret: SECRET,
      resave: false,
      saveUninitialized: false,
      ...(maxAge !== null && { cookie: { maxAge } }),
    }),
  );
  app.post('/add', (request, response) => {
    request.session.cart = [...(request.session.cart ?? []), 'tea'];
    response.json(request.session.cart);
  });
  app.get('/cart', (request, response) => {
    response.json(request.session.cart ?? null);
  });
  app.post('/sign-out', (request, response) => {
    request.session.destroy(() => response.json({}));
  });
  app.use(((error, _request, response, _next) => {
    response.status(500).json(String(error.message));
  }) satisfies express.ErrorRequestHandler);
  return serve(app);
}

/** The app after the move. */
async function serveOurs() {
  const store = new SqlStore({ client: pool });
  await store.migrate();
  return serveSession({ store, user: ({ cart }) => cart && 'ada' });
}

/** An app of this library. */
async function serveSession(options: Options<{ cart: string[] }>) {
  const session = nextAppSession<{ cart: string[] }>({ name: NAME, secret: SECRET, ...options });
  const server = await serve(
    createServer(async (request, response) => {
      const own = session(request, response);
      const add = (data: { cart?: string[] }) => ({ cart: [...(data.cart ?? []), 'milk'] });
      if (request.url === '/add') await own.update(add);
      if (request.url === '/renew') await own.regenerate();
      response.end(JSON.stringify(await own.get('cart')));
    }),
  );
  return { server, session };
}

/** A browser that keeps one cookie. */
class Browser {
  cookie = '';

  async ask(app: Server, path: string, method = 'GET'): Promise<unknown> {
    const { port } = app.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { cookie: this.cookie },
    });
    this.cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? this.cookie;
    return answer.json();
  }
}

describe.each([
  ['with a lifetime', DAY_MS],
  ['until the browser ends', null],
])('sessions of connect-pg-simple, %s', (_, maxAge) => {
  it('stay as they are, and what the old app writes meanwhile fails or is there', async () => {
    const PgStore = createPgStore(expressSession);
    const store = new PgStore({ pool, createTableIfMissing: true, pruneSessionInterval: false });
    const before = await serveExpress(store, maxAge);
    const { server: after, session } = await serveOurs();
    const [stays, leaves, expires] = [new Browser(), new Browser(), new Browser()];
    for (const browser of [stays, leaves, expires]) await browser.ask(before, '/add', 'POST');
    const signedOut = Object.assign(new Browser(), { cookie: leaves.cookie });
    await leaves.ask(before, '/sign-out', 'POST');
    await pool.query("UPDATE session SET expire = now() - interval '1 second' WHERE sid = $1", [
      idOf(expires),
    ]);

    const client = await pool.connect();
    const [begin, end] = MOVE.split(/(?=^ALTER TABLE)/m);
    await client.query(begin as string);
    const waiting = stays.ask(before, '/add', 'POST');
    await sleep(100);
    await client.query(end as string);
    client.release();
    expect(await waiting).toBe('relation "session" does not exist');

    expect(await stays.ask(after, '/cart')).toEqual(['tea']);
    expect(await signedOut.ask(after, '/cart')).toBeNull();
    expect(await expires.ask(after, '/cart')).toBeNull();
    const cookie = stays.cookie;
    expect(await stays.ask(after, '/add')).toEqual(['tea', 'milk']);
    expect(idOf(stays)).toBe(idOf({ cookie }));
    expect(await session.user('ada').list()).toHaveLength(1);
    expect(await stays.ask(after, '/renew')).toEqual(['tea', 'milk']);
    expect(idOf(stays)).not.toBe(idOf({ cookie }));
    expect(await session.user('ada').revokeAll()).toBe(1);
    expect(await stays.ask(after, '/cart')).toBeNull();
    before.close();
    after.close();
  });
});

it('a session ends when it would have ended there, whatever time zone the connection has', async () => {
  const inTokyo = new Pool({ ...server.connection, options: '-c timezone=Asia/Tokyo' });
  const PgStore = createPgStore(expressSession);
  const store = new PgStore({ pool: inTokyo, createTableIfMissing: true, pruneSessionInterval: false });
  const before = await serveExpress(store, DAY_MS);
  const { server: after } = await serveOurs();
  await new Browser().ask(before, '/add', 'POST');
  await inTokyo.query(MOVE);
  const { rows } = await pool.query('SELECT expires_at FROM next_app_session');
  expect(Math.abs(Number(rows[0]?.expires_at) - Date.now() - DAY_MS)).toBeLessThan(60_000);
  before.close();
  after.close();
  await inTokyo.end();
});

it('sessions that this library kept there by promisifyStore stay as they are', async () => {
  const PgStore = createPgStore(expressSession);
  const wrapped = promisifyStore(
    new PgStore({ pool, createTableIfMissing: true, pruneSessionInterval: false }),
  );
  const { server: before } = await serveSession({ store: wrapped });
  const { server: after, session } = await serveOurs();
  const browser = new Browser();
  await browser.ask(before, '/add');
  await browser.ask(before, '/renew');
  await pool.query(MOVE);
  expect(await browser.ask(after, '/add')).toEqual(['milk', 'milk']);
  expect(await session.user('ada').revokeAll()).toBe(1);
  expect(await browser.ask(after, '/cart')).toBeNull();
  before.close();
  after.close();
});

it('sessions of connect-session-knex stay as they are', async () => {
  const knex = createKnex({ client: 'pg', connection: server.connection });
  const store = new ConnectSessionKnexStore({
    knex,
    tableName: 'sessions',
    createTable: true,
    cleanupInterval: 0,
  });
  const before = await serveExpress(store, DAY_MS);
  const { server: after } = await serveOurs();
  const browser = new Browser();
  await browser.ask(before, '/add', 'POST');
  await pool.query(MOVE.replaceAll(/\bsession\b/g, 'sessions').replaceAll(/\bexpire\b/g, 'expired'));
  expect(await browser.ask(after, '/add')).toEqual(['tea', 'milk']);
  before.close();
  after.close();
  await knex.destroy();
});

/** The session ID in a cookie, whichever way it is written. */
function idOf({ cookie }: { cookie: string }): string | undefined {
  return /=s(?::|%3A)([^.]+)\./.exec(cookie)?.[1];
}
