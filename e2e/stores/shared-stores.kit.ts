import type { RedisStore } from 'next-app-session/redis';
import type { SqlStore } from 'next-app-session/sql';
import { type OpenRedis, type OpenSql, openStore } from './open-store.mjs';
import { MariaDbServer } from './servers/mariadb.js';
import { MySqlServer } from './servers/mysql.js';
import { PostgresServer } from './servers/postgres.js';
import { RedisServer } from './servers/redis-server.js';
import { SqliteFile } from './servers/sqlite-file.js';

/** A store that several processes share, as a test sees it: past every library. */
export interface SharedStore {
  /** What opens the same store in another process: see open-store.mjs. */
  readonly url: string;
  readonly store: RedisStore | SqlStore;
  /** Deletes everything. */
  clear(): Promise<void>;
  /** Returns the records of sessions. */
  records(): Promise<StoredText[]>;
  /** Puts a text in the place of a record, with this time to live. */
  put(record: StoredText): Promise<void>;
  stop(): Promise<void>;
}

/** A record as it is stored. */
export interface StoredText {
  /** The session's key: its ID, or the hash of that. */
  readonly key: string;
  readonly text: string;
  /** For how long it is kept, in milliseconds. */
  readonly ttlMs: number;
}

export interface StoreKind {
  readonly name: string;
  start(): Promise<SharedStore>;
}

export const redis: StoreKind = {
  name: 'Redis',
  start: async () => {
    const server = await RedisServer.start();
    return new SharedRedis(server.url, await openStore(server.url), () => server.stop());
  },
};

/** A database. */
export interface SqlKind extends StoreKind {
  start(): Promise<SharedSql>;
}

/** The `options` of a connection to PostgreSQL whose transactions are what SqlStore needs. */
export const READ_COMMITTED = '-c default_transaction_isolation=read\\ committed';

/** Starts a server where all transactions are serializable, unless a connection says otherwise. */
export async function startSerializable(): Promise<PostgresServer> {
  const server = await PostgresServer.start();
  await server.query("ALTER ROLE CURRENT_USER SET default_transaction_isolation = 'serializable'");
  return server;
}

export const postgresql = sqlKind('PostgreSQL', PostgresServer);

export const serializablePostgresql = sqlKind('PostgreSQL, whose transactions are serializable', {
  start: startSerializable,
});

/** As docs/sql.md has it for such an app. */
export const readCommittedPostgresql = sqlKind('PostgreSQL, serializable but for the store', {
  start: startSerializable,
  setting: `?options=${encodeURIComponent(READ_COMMITTED)}`,
});

export const mariadb = sqlKind('MariaDB', MariaDbServer);
/** Only in the full run. */
export const mysql = sqlKind('MySQL', MySqlServer);
/** Needs Node 22. */
export const sqliteFile = sqlKind('a file of SQLite', SqliteFile);

interface SqlPlace {
  start(): Promise<{ readonly url: string; stop(): Promise<void> }>;
  /** For the end of the URL. */
  readonly setting?: string;
}

function sqlKind(name: string, { start, setting = '' }: SqlPlace): SqlKind {
  return {
    name,
    start: async () => {
      const place = await start();
      return SharedSql.begin(place.url + setting, () => place.stop());
    },
  };
}

/** The default one of RedisStore. */
const PREFIX = 'sess:';

/** With the default prefix. */
class SharedRedis implements SharedStore {
  readonly url: string;
  readonly store: RedisStore;
  readonly #open: OpenRedis;
  readonly #stopServer: () => Promise<void>;

  constructor(url: string, open: OpenRedis, stopServer: () => Promise<void>) {
    this.url = url;
    this.store = open.store;
    this.#open = open;
    this.#stopServer = stopServer;
  }

  async clear(): Promise<void> {
    await this.#open.client.flushall();
  }

  async records(): Promise<StoredText[]> {
    const { client } = this.#open;
    const keys = (await client.keys(`${PREFIX}*`)).filter((key) => !key.includes('#user'));
    return Promise.all(
      keys.map(async (key) => ({
        key: key.slice(PREFIX.length),
        text: (await client.get(key)) ?? '',
        ttlMs: await client.pttl(key),
      })),
    );
  }

  async put({ key, text, ttlMs }: StoredText): Promise<void> {
    await this.#open.client.set(`${PREFIX}${key}`, text, 'PX', ttlMs);
  }

  async stop(): Promise<void> {
    await this.#open.close();
    await this.#stopServer();
  }
}

/** With the default table. */
export class SharedSql implements SharedStore {
  readonly url: string;
  readonly store: SqlStore;
  readonly query: OpenSql['query'];
  readonly #open: OpenSql;
  readonly #stopServer: () => Promise<void>;

  private constructor(url: string, open: OpenSql, stopServer: () => Promise<void>) {
    this.url = url;
    this.store = open.store;
    this.query = open.query;
    this.#open = open;
    this.#stopServer = stopServer;
  }

  static async begin(url: string, stopServer: () => Promise<void>): Promise<SharedSql> {
    const open = await openStore(url);
    await open.store.migrate();
    return new SharedSql(url, open, stopServer);
  }

  async clear(): Promise<void> {
    await this.query('DELETE FROM next_app_session');
    await this.query('DELETE FROM next_app_session_users');
  }

  async records(): Promise<StoredText[]> {
    const rows = await this.query('SELECT id, record, expires_at FROM next_app_session');
    return rows.map(({ id, record, expires_at }) => ({
      key: String(id),
      text: String(record),
      ttlMs: Number(expires_at) - Date.now(),
    }));
  }

  async put({ key, text, ttlMs }: StoredText): Promise<void> {
    await this.query('DELETE FROM next_app_session WHERE id = ?', [key]);
    await this.query('INSERT INTO next_app_session (id, record, version, expires_at) VALUES (?, ?, ?, ?)', [
      key,
      text,
      'put',
      Date.now() + ttlMs,
    ]);
  }

  async stop(): Promise<void> {
    await this.#open.close();
    await this.#stopServer();
  }
}
