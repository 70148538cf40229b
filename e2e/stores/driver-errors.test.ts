import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import createPgStore from 'connect-pg-simple';
import { ConnectSessionKnexStore } from 'connect-session-knex';
import session from 'express-session';
import createKnex from 'knex';
import nextAppSession, { promisifyStore, type Store } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { redisOfTests } from './redis.kit.js';
import { PostgresServer } from './servers/postgres.js';

const DATA = { email: 'ada@example.com', pin: '4711' };

/** What a log shows of an error at most. */
const shown = (error: unknown) => inspect(error, { depth: null, showHidden: true, getters: true });

/** A store, and what its driver threw. */
function watched(store: Store<object>) {
  const thrown: unknown[] = [];
  const watch = <T>(call: Promise<T>) =>
    call.catch((error) => {
      thrown.push(error);
      throw error;
    });
  const seen: Store<object> = {
    ...store,
    get: (id, options) => watch(Promise.resolve(store.get(id, options))),
    set: (id, record, options) => watch(Promise.resolve(store.set(id, record, options))),
  };
  return { store: seen, thrown };
}

/** Signs a visitor in, breaks the store, and returns what the driver and the session threw at a write. */
async function failedWrite(wrapped: Store<object>, breakStore: () => PromiseLike<unknown>) {
  const { store, thrown } = watched(wrapped);
  const browser = new Browser<typeof DATA & { n: number }>(nextAppSession({ secret: 'a secret', store }));
  await browser.visit((own) => own().setAll({ ...DATA, n: 1 }));
  const id = await browser.visit((own) => own().id());
  await breakStore();
  const error = await browser.visit((own) =>
    own()
      .setAll({ ...DATA, n: 2 })
      .catch((failure: unknown) => failure),
  );
  return { id: id ?? '', raw: thrown.at(-1), error };
}

function expectNoData(error: unknown, id: string): void {
  expect(id).not.toBe('');
  for (const secret of [id, encodeURIComponent(id), 'ada', 'example.com', '4711', 'email']) {
    expect(shown(error)).not.toContain(secret);
  }
}

/** SQLite as it is while another process writes. Knex makes the statements, and puts them into the error. */
class LockedSqlite {
  static isLocked = false;
  prepare(sql: string) {
    const run = () => {
      if (LockedSqlite.isLocked)
        throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
      return { changes: 1 };
    };
    return {
      reader: sql.startsWith('select'),
      all: () => (sql.includes('sqlite_master') ? [{ name: 'sessions' }] : []),
      run,
    };
  }
  close() {}
}

it('connect-session-knex on a locked SQLite: the INSERT with all values stays out, the code is kept', async () => {
  // Knex has no types for the clients of its dialects.
  const SqliteClient = createRequire(import.meta.url)('knex/lib/dialects/better-sqlite3/index.js');
  class Client extends SqliteClient {
    _driver() {
      return LockedSqlite;
    }
  }
  const knex = createKnex({
    client: Client as never,
    connection: { filename: ':memory:' },
    useNullAsDefault: true,
  });
  const store = new ConnectSessionKnexStore({ knex, createTable: false, cleanupInterval: 0 });
  const { raw, error } = await failedWrite(promisifyStore(store), async () => {
    LockedSqlite.isLocked = true;
  });
  await knex.destroy();
  expect((raw as Error).message).toMatch(/ada@example\.com.*database is locked$/s);
  expect(error).toMatchObject({ code: 'ERR_SESSION_STORE', cause: { code: 'SQLITE_BUSY' } });
  expectNoData(error, 'ada@');
});

describe('on PostgreSQL', () => {
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

  it('pg: the row in its `detail` stays out, the SQLSTATE is kept', async () => {
    const store = new (createPgStore(session))({
      pool,
      createTableIfMissing: true,
      pruneSessionInterval: false,
    });
    const { id, raw, error } = await failedWrite(promisifyStore(store), () =>
      pool.query(`ALTER TABLE session ADD CHECK (sess::text NOT LIKE '%"n":2%')`),
    );
    expect(shown(raw)).toContain(`Failing row contains (${id}, {"cookie"`);
    expect(error).toMatchObject({ code: 'ERR_SESSION_STORE', cause: { name: 'error', code: '23514' } });
    expectNoData(error, id);
  });
});

describe('on Redis', async () => {
  const { client, server } = await redisOfTests();

  it('ioredis: the command on its error stays out, what the server said is kept', async () => {
    const thrown: unknown[] = [];
    const call = client.call.bind(client);
    client.call = ((command: string, args: string[]) =>
      call(command, args).catch((error) => {
        thrown.push(error);
        throw error;
      })) as typeof client.call;
    const store = new RedisStore({ client });
    const browser = new Browser<typeof DATA & { n: number }>(
      nextAppSession({ secret: 'a secret', store, hashIds: false }),
    );
    await browser.visit((own) => own().setAll({ ...DATA, n: 1 }));
    const id = (await browser.visit((own) => own().id())) ?? '';
    await server.command('DEL', `sess:${id}`);
    await server.command('LPUSH', `sess:${id}`, 'no', 'string');
    const error = await browser.visit((own) =>
      own()
        .get('n')
        .catch((failure: unknown) => failure),
    );
    expect(shown(thrown)).toContain(id);
    const message = 'WRONGTYPE Operation against a key holding the wrong kind of value';
    expect(error).toMatchObject({ code: 'ERR_SESSION_STORE', cause: { name: 'ReplyError', message } });
    expectNoData(error, id);
  });
});

it('a refused connection: code, address and port', async () => {
  const pool = new Pool({ host: '127.0.0.1', port: 1 });
  const store = promisifyStore(new (createPgStore(session))({ pool, pruneSessionInterval: false }));
  const browser = new Browser(nextAppSession({ secret: 'a secret', store }));
  const error = await browser.visit((own) =>
    own()
      .set('n', 1)
      .catch((failure: unknown) => failure),
  );
  await pool.end();
  const cause = { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:1' };
  expect(error).toMatchObject({ code: 'ERR_SESSION_STORE', cause });
});
