import type { PGlite } from '@electric-sql/pglite';
import { createPool as createCallbackPool } from 'mysql2';
import { createConnection, createPool } from 'mysql2/promise';
import type { SqlStoreOptions } from 'next-app-session/sql';
import { Client, Pool } from 'pg';
import postgres from 'postgres';
import type { MariaDbServer } from './mariadb.js';
import type { PostgresServer } from './postgres.js';

/** What a store takes, and what ends it. */
export interface SqlConnection {
  readonly options: SqlStoreOptions;
  close(): unknown;
}

/** A driver, as an app has it that sets nothing. */
export interface SqlClientKind<Connection> {
  readonly name: string;
  /** Whether it prepares a statement first, by a separate round trip. */
  readonly prepares?: boolean;
  open(connection: Connection): SqlConnection | Promise<SqlConnection>;
}

export type ToPostgres = PostgresServer['connection'];
export type ToMySql = MariaDbServer['connection'];

const ignore = () => {};

export const pgPool: SqlClientKind<ToPostgres> = {
  name: 'a Pool of pg',
  open: (connection) => {
    // It tells of connections that break while nobody uses them.
    const client = new Pool(connection).on('error', ignore);
    return { options: { client }, close: () => client.end() };
  },
};

export const pgClient: SqlClientKind<ToPostgres> = {
  name: 'a Client of pg',
  open: async (connection) => {
    const client = new Client(connection).on('error', ignore);
    await client.connect();
    return { options: { client }, close: () => client.end() };
  },
};

export const postgresJs: SqlClientKind<ToPostgres> = {
  name: 'postgres.js',
  prepares: true,
  open: (connection) => {
    const client = postgres({ ...connection, onnotice: ignore });
    return { options: { client }, close: () => client.end({ timeout: 1 }) };
  },
};

/** What an app writes for a driver that the store does not know. */
export const ownPostgresClient: SqlClientKind<ToPostgres> = {
  name: 'an object with query, for PostgreSQL',
  open: (connection) => {
    const pool = new Pool(connection).on('error', ignore);
    const client = {
      query: async (text: string, values: (string | number | null)[]) => {
        const { rows, rowCount } = await pool.query(text, values);
        return { rows, rowCount };
      },
    };
    return { options: { client, dialect: 'postgresql' }, close: () => pool.end() };
  },
};

export const mysql2Pool: SqlClientKind<ToMySql> = {
  name: 'a pool of mysql2',
  prepares: true,
  open: (connection) => {
    const client = createPool(connection);
    return { options: { client }, close: () => client.end() };
  },
};

export const mysql2Connection: SqlClientKind<ToMySql> = {
  name: 'a connection of mysql2',
  prepares: true,
  open: async (connection) => {
    const client = await createConnection(connection);
    return { options: { client }, close: () => client.end() };
  },
};

export const mysql2CallbackPool: SqlClientKind<ToMySql> = {
  name: 'a pool of mysql2 without promises',
  open: (connection) => {
    const client = createCallbackPool(connection);
    return { options: { client }, close: () => client.promise().end() };
  },
};

/** It counts only the rows that a statement has changed, where the others count those that it has found. */
export const mysql2ChangedRows: SqlClientKind<ToMySql> = {
  name: 'a pool of mysql2 that counts changed rows',
  open: (connection) => mysql2Pool.open(Object.assign({}, connection, { flags: ['-FOUND_ROWS'] })),
};

export const ownMySqlClient: SqlClientKind<ToMySql> = {
  name: 'an object with query, for MySQL',
  open: (connection) => {
    const pool = createPool(connection);
    const client = {
      query: async (text: string, values: (string | number | null)[]) => {
        const [result] = await pool.execute(text, values);
        return Array.isArray(result)
          ? { rows: result }
          : { rows: [], rowCount: 'affectedRows' in result ? result.affectedRows : null };
      },
    };
    return { options: { client, dialect: 'mysql' }, close: () => pool.end() };
  },
};

export const pglite: SqlClientKind<PGlite> = {
  name: 'PGlite',
  open: (client) => ({ options: { client }, close: ignore }),
};
