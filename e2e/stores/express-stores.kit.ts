import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import createPgStore from 'connect-pg-simple';
import { RedisStore as ConnectRedis } from 'connect-redis';
import { ConnectSessionKnexStore } from 'connect-session-knex';
import session from 'express-session';
import createKnex from 'knex';
import createMemoryStore from 'memorystore';
import { type PromisifyOptions, promisifyStore, type Store } from 'next-app-session';
import { Pool } from 'pg';
import { createClient } from 'redis';
import createFileStore from 'session-file-store';
import { PostgresServer } from './servers/postgres.js';
import { RedisServer } from './servers/redis-server.js';

/** A package with a store for express-session, on the real thing that it stores in. */
export interface ExpressStorePackage {
  readonly name: string;
  /** How late it notices an expiry, and how long an ID it takes, for `testStore`. */
  readonly limits?: { expiryPrecision?: number; maxIdLength?: number };
  start(): Promise<RunningPackage>;
}

export interface RunningPackage {
  /** A wrapped store, which keeps all it has under this name. */
  open(name: string): Promise<Store<object>>;
  stop(): Promise<unknown>;
}

export const expressStores: readonly ExpressStorePackage[] = [
  { name: 'connect-redis', start: () => startConnectRedis({}) },
  {
    name: 'connect-redis, which ends sessions itself',
    // It counts in whole seconds, rounded up.
    limits: { expiryPrecision: 1000 },
    start: () => startConnectRedis({ expiry: 'store' }),
  },
  { name: 'connect-pg-simple', start: startPgSimple },
  // Its column takes 255 letters.
  { name: 'connect-session-knex', limits: { maxIdLength: 255 }, start: startKnex },
  {
    name: 'memorystore',
    start: async () => ({
      open: async () => promisifyStore(new (createMemoryStore(session))({})),
      stop: async () => {},
    }),
  },
  // The ID is the name of a file, which ends in .json, and of one beside it while it is written.
  { name: 'session-file-store', limits: { maxIdLength: 200 }, start: startFileStore },
];

async function startConnectRedis(options: PromisifyOptions): Promise<RunningPackage> {
  const server = await RedisServer.start();
  const client = createClient({ url: server.url });
  await client.connect();
  return {
    open: async (name) => promisifyStore(new ConnectRedis({ client, prefix: `${name}:` }), options),
    stop: () => {
      client.destroy();
      return server.stop();
    },
  };
}

async function startPgSimple(): Promise<RunningPackage> {
  const server = await PostgresServer.start();
  const pool = new Pool(server.connection);
  const PgStore = createPgStore(session);
  return {
    open: async (name) => {
      // A schema each, since the name of its index is always the same.
      await pool.query(`CREATE SCHEMA ${name}`);
      const settings = { pool, schemaName: name, createTableIfMissing: true };
      return promisifyStore(new PgStore({ ...settings, pruneSessionInterval: false }));
    },
    stop: async () => {
      await pool.end();
      await server.stop();
    },
  };
}

async function startKnex(): Promise<RunningPackage> {
  const server = await PostgresServer.start();
  const knex = createKnex({ client: 'pg', connection: server.connection });
  return {
    open: async (tableName) =>
      promisifyStore(new ConnectSessionKnexStore({ knex, tableName, cleanupInterval: 0 })),
    stop: async () => {
      await knex.destroy();
      await server.stop();
    },
  };
}

async function startFileStore(): Promise<RunningPackage> {
  const folder = mkdtempSync(join(tmpdir(), 'sessions-'));
  return {
    open: async (name) => openFileStore(join(folder, name)),
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** As docs/stores.md tells to set it: without `retries: 0`, a missing session takes a quarter of a second. */
export function openFileStore(
  path: string,
  options: createFileStore.Options = { retries: 0 },
): Store<object> {
  const FileStore = createFileStore(session);
  return promisifyStore(new FileStore({ path, reapInterval: -1, logFn: () => {}, ...options }));
}
