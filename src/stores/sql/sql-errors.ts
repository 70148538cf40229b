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
      /\bno such table\b/.test(String(property(one, 'message'))),
  );
}

export function noTable({ sessions, users }: SqlTables, cause: unknown): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE',
    `SqlStore: the table ${sessions} or ${users} does not exist. Run store.migrate() once before the first request, or create ` +
      'them by the SQL of docs/sql.md. If they are there, check the database and the schema of the client.',
    { cause },
  );
}

/** Query builders put an error of their own around that of the driver. */
function anyCause(error: unknown, matches: (one: unknown) => boolean): boolean {
  return [...causesOf(error)].some(matches);
}
