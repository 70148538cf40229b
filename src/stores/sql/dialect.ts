import type { SqlValue } from './statement.js';
import type { SqlTables } from './tables.js';

/** The databases that SqlStore knows. MariaDB speaks that of MySQL. */
export type DialectName = 'postgresql' | 'sqlite' | 'mysql';

/** A row as a driver returns it. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** What a statement returned, and how many rows it changed. */
export interface SqlResult {
  readonly rows: readonly unknown[];
  /** Counts only where the dialect has no `RETURNING`. */
  readonly rowCount?: number | null | undefined;
}

/** Sends one statement, with the placeholders of the dialect. */
export type SendSql = (text: string, values: SqlValue[]) => Promise<SqlResult>;

/** A row that is inserted, or updates the one that is there. Values and conditions are expressions of SQL. */
export interface Upsert {
  readonly table: string;
  /** The columns of the primary key. */
  readonly key: readonly string[];
  readonly row: Readonly<Record<string, string>>;
  /** What to set in a row that is there, which is named `old`. */
  readonly update: Readonly<Record<string, string>>;
  /** Which row that is there may be updated. */
  readonly where?: string | undefined;
}

/** Which rows a statement takes, in which order, and how many at most. */
export interface RowChoice {
  readonly table: string;
  /** The columns of the primary key. */
  readonly key: readonly string[];
  readonly where: string;
  readonly orderBy: string;
  readonly limit: number;
}

/** What differs from database to database. Texts have names in place of values: see `bind`. */
export interface Dialect {
  readonly name: DialectName;
  /** Returns the placeholder of the value at a position, from 1. */
  placeholder(position: number): string;
  /** Quotes an identifier that has been checked. */
  quote(identifier: string): string;
  /** The database's clock, epoch milliseconds. */
  readonly clock: string;
  /** What makes a statement return a row for each that it changed. Empty where the driver counts them. */
  readonly returning: string;
  /** Returns the later of two times. */
  later(a: string, b: string): string;
  /** Returns whether a text contains another one. */
  contains(text: string, part: string): string;
  concat(a: string, b: string): string;
  /** Returns one statement; or an insert, and the update for where it meets a row with the same key. */
  upsert(upsert: Upsert): readonly [string] | readonly [insert: string, update: string];
  /**
   * Returns a statement that sets a column in the chosen rows and returns columns of these, or one that sets it and one that returns
   * them. A row that another one writes at the same time is waited for, and judged as it is then.
   */
  updateChosen(choice: RowChoice, set: string, columns: string): readonly [update: string, select?: string];
  /** Returns a statement that deletes the chosen rows. It waits for those that another one writes at this moment, or skips them. */
  deleteChosen(choice: RowChoice, locked: 'wait' | 'skip'): string;
  /** Returns the statements that create what is missing, at once or one after another, however many processes do so. */
  schema(tables: SqlTables): readonly string[];
  /** Returns how to send statements by a client of this dialect; null for a client that is not one. */
  recognise(client: unknown): SendSql | null;
}

/** Returns what stands behind `SET`. */
export function assignments(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([column, value]) => `${column} = ${value}`)
    .join(', ');
}
