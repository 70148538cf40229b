import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { createPool, type PoolOptions } from 'mysql2/promise';
import nextAppSession from 'next-app-session';
import { SqlStore } from 'next-app-session/sql';
import { recordTelemetry } from 'next-app-session/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import type { MySqlFamilyServer } from './servers/mysql-family.js';
import type { SqlServer } from './servers/sql-server.js';

export interface Data {
  n: number;
  user: string;
  pin: string;
}

export const DATA: Data = { n: 1, user: 'lovelace', pin: '4711' };
/** Far below storeTimeout, also on a slow machine. */
const QUICK_MS = 2000;

/** What a write throws that the server refused. */
export const refused = (cause: object) => ({
  code: 'ERR_SESSION_STORE',
  message: expect.stringMatching(/ refused \w+; .* Nothing was changed/),
  cause: expect.objectContaining(cause),
});
export const unsent = {
  code: 'ERR_SESSION_STORE',
  message: expect.stringMatching(/has no connection.* nothing was/),
};
export const timedOut = { code: 'ERR_SESSION_STORE_TIMEOUT' };

/** A client with the store that uses it. */
export interface Connection {
  readonly store: SqlStore;
  close(): Promise<unknown>;
}

/** A pool of one connection, which a test can take. */
export interface SmallPool extends Connection {
  /** Takes its connection. Returns what gives it back. */
  hold(): Promise<() => unknown>;
}

/** A database, and what differs from one to another when something is wrong. */
export interface FaultyDatabase<Server extends SqlServer> {
  readonly name: string;
  start(): Promise<Server>;
  open(server: Server): Connection;
  /** What the server says while it is read-only, and its class in telemetry. */
  readonly readOnly: { readonly cause: object; readonly errorType: string };
  /** Pools without a free connection, and what a call then throws. */
  readonly fullPools: readonly {
    readonly pool: string;
    readonly error: object;
    open(server: Server): SmallPool;
  }[];
  /** Statements that make the server refuse each write of a record with `"n":2`, in an error that shows the record. */
  readonly tell: readonly string[];
  /** Takes them back. */
  readonly stopTelling: string;
}

/** A visitor who is signed in, on a session whose timer is always stale. */
export async function visitor(store: SqlStore, options = {}): Promise<Browser<Data>> {
  await store.migrate();
  const session = nextAppSession<Data>({
    secret: 'a secret',
    store,
    touchAfter: 0,
    user: ({ user }) => user,
    ...options,
  });
  const browser = new Browser(session);
  await browser.visit((own) => own().setAll(DATA));
  return browser;
}

export const write = (browser: Browser<Data>, n: number) => browser.visit((own) => own().set('n', n));
export const read = (browser: Browser<Data>) => browser.visit((own) => own().get('n'));

/** Waits until a write succeeds. */
export const writeAtLast = (browser: Browser<Data>, n: number) =>
  expect
    .poll(() =>
      write(browser, n).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);

/** Returns what a call results in. Fails if it takes long. */
async function quickly<T>(call: Promise<T>): Promise<T> {
  const startedAt = performance.now();
  try {
    return await call;
  } finally {
    expect(performance.now() - startedAt).toBeLessThan(QUICK_MS);
  }
}

/** What a log shows of an error at most. */
const shown = (error: unknown) => inspect(error, { depth: null, showHidden: true, getters: true });

/** Adds the tests of what goes wrong with every database. */
export function testFaults<Server extends SqlServer>(database: FaultyDatabase<Server>): void {
  const { readOnly } = database;
  describe(database.name, () => {
    let server: Server;
    let connection: Connection;
    let browser: Browser<Data>;
    beforeAll(async () => {
      server = await database.start();
    });
    afterAll(() => server?.stop());
    beforeEach(async () => {
      connection = database.open(server);
      browser = await visitor(connection.store);
    });
    afterEach(() => connection?.close());

    it('while it is read-only it answers reads, touch is no error, and a write changes nothing', async () => {
      await server.setReadOnly(true);
      for (let visit = 0; visit < 3; visit++) {
        expect(await quickly(read(browser))).toBe(1);
        expect(await quickly(browser.session.user('lovelace').list())).not.toEqual([]);
        await quickly(browser.visit((own) => own().touch()));
        await expect(quickly(write(browser, 2))).rejects.toMatchObject(refused(readOnly.cause));
      }
      await server.setReadOnly(false);
      await write(browser, 3);
      expect(await read(browser)).toBe(3);
    });

    it('the span and the metric of a failed write have the class of what the server says', async () => {
      const telemetry = recordTelemetry();
      await server.setReadOnly(true);
      await telemetry.run(() => write(browser, 2)).catch(() => {});
      await server.setReadOnly(false);
      const failed = { 'error.type': readOnly.errorType };
      expect(telemetry.spans('next_app_session.store.set')).toMatchObject([{ attributes: failed }]);
      expect(telemetry.measurements('next_app_session.store.operation.duration')).toContainEqual(
        expect.objectContaining({ attributes: expect.objectContaining(failed) }),
      );
    });

    it('after a stop calls fail at once and were not sent, and after a start they work', async () => {
      await server.kill();
      // The first call of each connection finds out that it is lost.
      await expect.poll(() => read(browser).catch((error) => error)).toMatchObject(unsent);
      await expect(quickly(write(browser, 2))).rejects.toMatchObject(unsent);
      await server.restart();
      await expect.poll(() => read(browser).catch(() => null)).toBe(1);
      await write(browser, 3);
      expect(await read(browser)).toBe(3);
    });

    it.each(database.fullPools)('no connection is free: $pool', async ({ open, error }) => {
      const { store, hold, close } = open(server);
      const other = await visitor(store, { storeTimeout: 1 });
      const giveBack = await hold();
      await expect(write(other, 2)).rejects.toMatchObject(error);
      await giveBack();
      await writeAtLast(other, 3);
      await close();
    });

    it('no error shows a value of a row, though that of the driver does', async () => {
      const { store } = connection;
      const id = (await browser.visit((own) => own().id())) ?? '';
      const hash = createHash('sha256').update(id).digest('base64url');
      const record = { ...DATA, cookie: { originalMaxAge: 60_000 } };
      await store.set(hash, record);
      for (const text of database.tell) await server.query(text);
      const raw = await store.set(hash, { ...record, n: 2 }).catch((error) => error);
      const failure = await write(browser, 2).catch((error) => error);
      await server.query(database.stopTelling);
      expect(shown(raw)).toMatch(/lovelace.*4711/);
      expect(failure).toMatchObject(refused({ code: raw.code }));
      expect(id).not.toBe('');
      for (const secret of ['4711', 'lovelace', id, hash]) expect(shown(failure)).not.toContain(secret);
    });
  });
}

function onMySql2({ connection }: MySqlFamilyServer, options: PoolOptions = {}): SmallPool {
  const client = createPool({ ...connection, ...options });
  const hold = async () => {
    const taken = await client.getConnection();
    // Waits in the queue, unless something else does already.
    client.query('SELECT 1').catch(() => {});
    return () => taken.release();
  };
  return { store: new SqlStore({ client }), close: () => client.end(), hold };
}

/** MySQL or MariaDB, by mysql2. */
export function mysqlFamily(
  name: string,
  start: () => Promise<MySqlFamilyServer>,
): FaultyDatabase<MySqlFamilyServer> {
  return {
    name,
    start,
    open: (server) => onMySql2(server),
    readOnly: {
      cause: { code: 'ER_OPTION_PREVENTS_STATEMENT', sqlState: 'HY000' },
      errorType: 'SQLSTATE_HY',
    },
    fullPools: [
      {
        pool: 'a pool that lets one call wait',
        error: unsent,
        open: (server) => onMySql2(server, { connectionLimit: 1, queueLimit: 1 }),
      },
      {
        pool: 'a pool that lets all wait',
        error: timedOut,
        open: (server) => onMySql2(server, { connectionLimit: 1 }),
      },
    ],
    tell: [
      `CREATE TRIGGER tell BEFORE UPDATE ON next_app_session FOR EACH ROW BEGIN
        DECLARE told VARCHAR(128) DEFAULT substr(NEW.record, locate('"user"', NEW.record), 60);
        IF locate('"n":2', NEW.record) > 0 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = told; END IF;
      END`,
    ],
    stopTelling: 'DROP TRIGGER tell',
  };
}
