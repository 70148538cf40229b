import { causesOf } from '../../lib/causes.js';
import { SessionError } from '../../lib/errors.js';
import { property } from '../../lib/has-method.js';
import type { SqlTables } from './tables.js';

/** SQLSTATEs and names of results. Nothing has changed, and the same statement may succeed now: others were in its way. */
const TRANSIENT = /^(40001|40P01|55P03|SQLITE_(BUSY|LOCKED)\w*)$/;
/** MySQL's numbers of the same: a row that has changed since it was read, a lock that was waited for too long, a deadlock. */
const TRANSIENT_NUMBERS: ReadonlySet<unknown> = new Set([1020, 1205, 1213]);

/** Returns whether a statement failed only because of others that ran at the same time. */
export function isTransient(error: unknown): boolean {
  return anyCause(
    error,
    (one) =>
      TRANSIENT.test(String(property(one, 'code'))) ||
      (property(one, 'sqlState') !== undefined && TRANSIENT_NUMBERS.has(property(one, 'errno'))),
  );
}

/** Returns whether a MySQL server says that there is a row with the same key. */
export function isDuplicate(error: unknown): boolean {
  return anyCause(error, (one) => property(one, 'errno') === 1062);
}

/** Returns whether the error says that a table does not exist. PostgreSQL says it by SQLSTATE, MySQL by number, SQLite in words. */
export function isMissingTable(error: unknown): boolean {
  return anyCause(
    error,
    (one) =>
      property(one, 'code') === '42P01' ||
      property(one, 'errno') === 1146 ||
      /^(SQLITE_ERROR: )?no such table: /.test(messageOf(one)),
  );
}

export function noTable({ sessions, users }: SqlTables, cause: unknown): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE',
    `SqlStore: the table ${sessions} or ${users} does not exist. Run store.migrate() once before the first request, or create ` +
      'them by the SQL of docs/sql.md. If they exist, check the database and schema of the client.',
    { cause },
  );
}

/** Returns an error that says what to do about one of `migrate`; that one itself if its driver says all there is to say. */
export function failedMigration(tables: SqlTables, error: unknown): unknown {
  const code = (...codes: unknown[]) =>
    anyCause(error, (one) => codes.includes(property(one, 'code')) || codes.includes(property(one, 'errno')));
  const fix = code('42501', 1142)
    ? 'the role of the client may neither use nor create them. Grant it SELECT, INSERT, UPDATE and DELETE on both, or ' +
      'create them as another role'
    : code('42703', 1054) || anyCause(error, (one) => / no column named |no such column/.test(messageOf(one)))
      ? 'one of them is there and has other columns. Give the tables of the store another name, by the option table'
      : null;
  if (fix === null) return error;
  const { sessions, users } = tables;
  return new SessionError('ERR_SESSION_STORE', `SqlStore: the tables ${sessions} and ${users}: ${fix}.`, {
    cause: error,
  });
}

function messageOf(error: unknown): string {
  return String(property(error, 'message'));
}

/** Returns the error for what the query of a client returned. */
export function badAnswer(): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE',
    'SqlStore: the query of the client has to return { rows, rowCount }: an array, and for MySQL how many rows it changed. ' +
      'The outcome is unknown.',
  );
}

/** SQLite's result codes that say what to do. https://sqlite.org/rescode.html */
const SQLITE_CODES: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  19: 'SQLITE_CONSTRAINT',
  26: 'SQLITE_NOTADB',
};

/** Gives an error of `node:sqlite`, which has the number of a result, its name as other drivers do. */
export function withSqliteCode(error: unknown): unknown {
  const result = property(error, 'errcode');
  if (typeof result !== 'number' || !(error instanceof Error)) return error;
  return Object.assign(error, { code: SQLITE_CODES[result & 0xff] ?? 'SQLITE_ERROR' });
}

/** Query builders wrap the error of the driver. */
function anyCause(error: unknown, matches: (one: unknown) => boolean): boolean {
  return [...causesOf(error)].some(matches);
}
