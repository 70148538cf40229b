import { DatabaseSync } from 'node:sqlite';
import type { SqlClientKind } from './sql-clients.js';

/** A path. */
export type ToSqlite = string;

export const nodeSqlite: SqlClientKind<ToSqlite> = {
  name: 'node:sqlite',
  open: (path) => {
    const client = new DatabaseSync(path);
    return { options: { client }, close: () => client.close() };
  },
};

/** What an app writes for a driver that the store does not know. */
export const ownSqliteClient: SqlClientKind<ToSqlite> = {
  name: 'an object with query, for SQLite',
  open: (path) => {
    const database = new DatabaseSync(path);
    const client = {
      query: async (text: string, values: (string | number | null)[]) => ({
        rows: database.prepare(text).all(...values),
      }),
    };
    return { options: { client, dialect: 'sqlite' }, close: () => database.close() };
  },
};
