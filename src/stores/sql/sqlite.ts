import { hasMethod } from '../../lib/has-method.js';
import type { Dialect, SendSql } from './dialect.js';
import { withReturning } from './with-returning.js';

/** What SqlStore uses of `DatabaseSync` of `node:sqlite`, and of better-sqlite3. */
export interface SqliteDatabase {
  exec(text: string): unknown;
  prepare(text: string): SqliteStatement;
}

/** A prepared statement. */
export interface SqliteStatement {
  all(...values: unknown[]): unknown[];
}

/** SQLite 3.35 or later. */
export const sqlite: Dialect = {
  // Only one writes at a time, so there is nothing to lock.
  ...withReturning({ waiting: '', skipping: '' }),
  name: 'sqlite',
  placeholder: () => '?',
  quote: (identifier) => `"${identifier}"`,
  clock: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
  later: (a, b) => `max(${a}, ${b})`,
  contains: (text, part) => `instr(${text}, ${part}) > 0`,
  schema: ({ sessions, users, sessionsIndex, usersIndex }) => [
    // Readers and the one writer do not wait for each other then. The file keeps it.
    'PRAGMA journal_mode = WAL',
    `CREATE TABLE IF NOT EXISTS ${sessions} (
  id TEXT PRIMARY KEY NOT NULL,
  record TEXT NOT NULL,
  version TEXT NOT NULL,
  expires_at INTEGER NOT NULL
)`,
    `CREATE INDEX IF NOT EXISTS ${sessionsIndex} ON ${sessions} (expires_at)`,
    `CREATE TABLE IF NOT EXISTS ${users} (
  user_key TEXT NOT NULL,
  entry TEXT NOT NULL,
  session_keys TEXT NOT NULL,
  ends_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  revoked_at INTEGER,
  PRIMARY KEY (user_key, entry)
)`,
    `CREATE INDEX IF NOT EXISTS ${usersIndex} ON ${users} (ends_at)`,
  ],
  recognise: (client) => (isSqlite(client) ? sender(client) : null),
};

function isSqlite(client: unknown): client is SqliteDatabase {
  return hasMethod(client, 'prepare') && hasMethod(client, 'exec');
}

/** How many prepared statements are kept. Lists of different lengths make different statements. */
const MAX_PREPARED = 100;

const RETURNS_ROWS = /^SELECT\b|\bRETURNING\b/;

function sender(database: SqliteDatabase): SendSql {
  const prepared = new Map<string, SqliteStatement>();
  const statementOf = (text: string) => {
    const known = prepared.get(text);
    if (known) return known;
    if (prepared.size >= MAX_PREPARED) prepared.clear();
    const statement = database.prepare(text);
    prepared.set(text, statement);
    return statement;
  };
  return async (text, values) => {
    if (!RETURNS_ROWS.test(text)) {
      await database.exec(text);
      return { rows: [] };
    }
    try {
      // A driver that answers later is told apart by what it returns.
      return { rows: await statementOf(text).all(...values) };
    } catch (error) {
      // Of a database that was closed and opened again.
      prepared.delete(text);
      throw error;
    }
  };
}
