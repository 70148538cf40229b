import { assignments, type Dialect } from './dialect.js';

/** What stands behind a SELECT of rows that are to be written, where others may write them at the same time. */
interface RowLocks {
  /** Waits for others. */
  readonly waiting: string;
  /** Leaves out what others are writing. */
  readonly skipping: string;
}

/** Returns what PostgreSQL and SQLite have in common, above all `ON CONFLICT` and `RETURNING`. */
export function withReturning({
  waiting,
  skipping,
}: RowLocks): Pick<Dialect, 'returning' | 'concat' | 'upsert' | 'updateChosen' | 'deleteChosen'> {
  return {
    returning: ' RETURNING 1',
    concat: (a, b) => `${a} || ${b}`,
    upsert: ({ table, key, row, update, where = 'TRUE' }) => [
      `INSERT INTO ${table} AS old (${Object.keys(row)}) VALUES (${Object.values(row)}) ` +
        `ON CONFLICT (${key}) DO UPDATE SET ${assignments(update)} WHERE ${where} RETURNING 1`,
    ],
    updateChosen: ({ table, key, where, orderBy, limit }, set, columns) => [
      `WITH chosen AS (SELECT ${key} FROM ${table} WHERE ${where} ORDER BY ${orderBy} LIMIT ${limit}${waiting}) ` +
        `UPDATE ${table} SET ${set} WHERE (${key}) IN (SELECT ${key} FROM chosen) RETURNING ${columns}`,
    ],
    deleteChosen: ({ table, key, where, orderBy, limit }, locked) =>
      `WITH chosen AS (SELECT ${key} FROM ${table} WHERE ${where} ORDER BY ${orderBy} LIMIT ${limit}` +
      `${locked === 'wait' ? waiting : skipping}) ` +
      `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM chosen)`,
  };
}
