import { type CallOptions, callOptions } from '../../store-contract/store.js';
import type { Dialect, RowChoice, SendSql, SqlResult, SqlRow, Upsert } from './dialect.js';
import {
  badAnswer,
  failedMigration,
  isDuplicate,
  isMissingTable,
  isTransient,
  noTable,
  withSqliteCode,
} from './sql-errors.js';
import { bind, type Values } from './statement.js';
import type { SqlTables } from './tables.js';

/** How long a statement is sent again whose caller does not say how long it waits, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 5000;

/** How often a row is inserted, or updated where it is there. */
const MAX_UPSERTS = 3;

/** The longest pause before a statement is sent again, in milliseconds. */
const MAX_PAUSE_MS = 50;

/** The two tables of a store in their database. Statements have names in place of values: see `bind`. */
export class SqlDatabase {
  readonly dialect: Dialect;
  readonly tables: SqlTables;
  readonly #send: SendSql;

  constructor(dialect: Dialect, tables: SqlTables, send: SendSql) {
    this.dialect = dialect;
    this.tables = tables;
    this.#send = send;
  }

  /** Creates what is missing of the tables. */
  async migrate(): Promise<void> {
    if (await this.#isComplete()) return;
    try {
      for (const text of this.dialect.schema(this.tables)) await this.#run(text, {}, callOptions());
      // What was there before may have other columns.
      await this.#readNothing();
    } catch (error) {
      throw failedMigration(this.tables, error);
    }
  }

  /** Returns the time in epoch milliseconds, an expression: by the clock of the database, unless a test has set it. */
  now({ clock }: CallOptions): string {
    // The type of a value is that of the clock beside it.
    return clock === 'test' ? `coalesce(:now, ${this.dialect.clock})` : this.dialect.clock;
  }

  /** Returns the rows of a SELECT. */
  async rows(text: string, values: Values, options: CallOptions): Promise<readonly SqlRow[]> {
    return (await this.#run(text, values, options)).rows as SqlRow[];
  }

  /** Returns how many rows an UPDATE or DELETE has changed. */
  async change(text: string, values: Values, options: CallOptions): Promise<number> {
    const { returning } = this.dialect;
    const { rows, rowCount } = await this.#run(text + returning, values, options);
    return returning ? rows.length : Number(rowCount);
  }

  /** Inserts or updates a row. Returns false if there is one that may not be updated. */
  async upsert(upsert: Upsert, values: Values, options: CallOptions): Promise<boolean> {
    const [insert, update] = this.dialect.upsert(upsert);
    if (update === undefined) return (await this.#run(insert, values, options)).rows.length === 1;
    for (let tries = 0; tries < MAX_UPSERTS; tries++) {
      if (await this.#inserts(insert, values, options)) return true;
      if ((await this.change(update, values, options)) === 1) return true;
      // The row may have been deleted in between, above all by the sweep: it is one that has ended.
    }
    return false;
  }

  /** Inserts a row. Returns false if there is one with the same key. */
  async #inserts(text: string, values: Values, options: CallOptions): Promise<boolean> {
    try {
      await this.#run(text, values, options);
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /**
   * Sets a column in the chosen rows. Returns columns of these, and how many they were: where that takes two statements, some may
   * be removed in between, and others take their places.
   */
  async updateChosen(
    choice: RowChoice,
    set: string,
    columns: string,
    values: Values,
    options: CallOptions,
  ): Promise<{ rows: readonly SqlRow[]; changed: number }> {
    const [update, select] = this.dialect.updateChosen(choice, set, columns);
    if (select === undefined) {
      const rows = await this.rows(update, values, options);
      return { rows, changed: rows.length };
    }
    const changed = await this.change(update, values, options);
    return { rows: await this.rows(select, values, options), changed };
  }

  /** Sends a statement, and sends it again until the deadline while others are in its way. */
  async #run(text: string, values: Values, { now, clock, timeoutMs }: CallOptions): Promise<SqlResult> {
    const all = clock === 'test' ? { now, ...values } : values;
    const bound = bind(text, all, this.dialect.placeholder);
    const until = performance.now() + (timeoutMs ?? DEFAULT_TIMEOUT_MS);
    for (let retries = 0; ; retries++) {
      try {
        const result = await this.#send(...bound);
        if (!Array.isArray(result?.rows)) throw badAnswer();
        return result;
      } catch (thrown) {
        const error = withSqliteCode(thrown);
        if (isMissingTable(error)) throw noTable(this.tables, error);
        if (!isTransient(error)) throw error;
        const pauseMs = Math.random() * Math.min(MAX_PAUSE_MS, 2 ** retries);
        if (performance.now() + pauseMs > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }

  #isComplete(): Promise<boolean> {
    return this.#readNothing().then(
      () => true,
      () => false,
    );
  }

  /** Reads no row. Rejects if a column is missing. */
  async #readNothing(): Promise<void> {
    const { sessions, users } = this.tables;
    const columns = 'user_key, entry, session_keys, ends_at, changed_at, revoked_at';
    for (const from of [`id, record, version, expires_at FROM ${sessions}`, `${columns} FROM ${users}`]) {
      // With a value: postgres.js would send it by another protocol without one, which PgBouncer does not expect here.
      await this.#send(...bind(`SELECT ${from} WHERE 1 = :no`, { no: 0 }, this.dialect.placeholder));
    }
  }
}

/** Returns a text that a driver may return as bytes. */
export function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
}
