import { Redis } from 'ioredis';
import type { Store } from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { SqlStore } from 'next-app-session/sql';
import { redisBackend, type SessionBackend, sqlBackend } from 'next-app-session/testing/playwright';
import { Pool } from 'pg';
import { PostgresServer } from './servers/postgres.js';
import { RedisServer } from './servers/redis-server.js';

/** A server that an app and its tests reach, and how each of them does. */
export interface SharedServer {
  /** What the test looks through. */
  readonly backend: SessionBackend;
  /** The same for an app whose sessions are under another prefix, or in another table. */
  readonly backendOfOther: SessionBackend;
  /** The store of an app that shares the sessions of `backend`. */
  readonly store: Store;
  /** The one of an app with another prefix, or another table. */
  readonly otherPlace: Store;
  readonly otherDatabase: Store;
  /** Returns the keys of all records of `otherPlace`, each with the milliseconds that it has left. */
  recordsOfOther(): Promise<[key: string, ttlMs: number][]>;
  /** Returns how many keys or rows there are in all. */
  count(): Promise<number>;
  /** Deletes all. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export async function shareRedis(): Promise<SharedServer> {
  const server = await RedisServer.start();
  const client = new Redis(server.url);
  const other = new Redis(`${server.url}/1`);
  const prefix = 'app:';
  return {
    backend: redisBackend(client),
    backendOfOther: redisBackend(server.url, { prefix }),
    store: new RedisStore({ client }),
    otherPlace: new RedisStore({ client, prefix }),
    otherDatabase: new RedisStore({ client: other }),
    async recordsOfOther() {
      const keys = await client.keys(`${prefix}*`);
      return Promise.all(keys.map(async (key) => [key.slice(prefix.length), await client.pttl(key)]));
    },
    count: () => client.dbsize(),
    clear: async () => void (await client.flushall()),
    async stop() {
      client.disconnect();
      other.disconnect();
      await server.stop();
    },
  };
}

export async function sharePostgres(): Promise<SharedServer> {
  const server = await PostgresServer.start();
  await server.query('CREATE DATABASE other');
  const client = new Pool(server.connection);
  const other = new Pool({ ...server.connection, database: 'other' });
  const table = 'app';
  const otherPlace = new SqlStore({ client, table });
  const otherDatabase = new SqlStore({ client: other });
  await Promise.all([otherPlace.migrate(), otherDatabase.migrate()]);
  const tables = ['next_app_session', 'next_app_session_users', 'app', 'app_users'];
  return {
    backend: sqlBackend(client),
    backendOfOther: sqlBackend(client, { table }),
    store: new SqlStore({ client }),
    otherPlace,
    otherDatabase,
    async recordsOfOther() {
      const { rows } = await client.query(
        `SELECT id, expires_at - extract(epoch FROM now()) * 1000 AS ttl FROM ${table}`,
      );
      return rows.map(({ id, ttl }) => [id, Number(ttl)]);
    },
    async count() {
      const counts = tables.map((name) => `(SELECT count(*) FROM ${name})`);
      const { rows } = await client.query(`SELECT ${counts.join(' + ')} AS count`);
      return Number(rows[0].count);
    },
    clear: async () => void (await client.query(`TRUNCATE ${tables}`)),
    async stop() {
      await Promise.all([client.end(), other.end()]);
      await server.stop();
    },
  };
}
