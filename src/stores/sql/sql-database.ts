import { SessionError } from '../../lib/errors.js';
import { property } from '../../lib/has-method.js';
import type { CallOptions } from '../../store-contract/store.js';
import type { Dialect, RowChoice, SendSql, SqlResult, SqlRow, Upsert } from './dialect.js';
import { bind, type Values } from './statement.js';
import type { SqlTables } from './tables.js';

/** How long another process may take to create the tables of a SQLite file, in milliseconds. */
const MIGRATION_MS = 10_000;
const BUSY_PAUSE_MS = 20;

/** The two tables of a store in their database. */
export class SqlDatabase {
  readonly dialect: Dialect;
  readonly tables: SqlTables;
  /** The time now, by the database's clock, unless a test has set it: then the value `now`. An expression. */
  readonly now: string;
  readonly #send: SendSql;

  constructor(dialect: Dialect, tables: SqlTables, send: SendSql) {
    this.dialect = dialect;
    this.tables = tables;
    this.now = `coalesce(:now, ${dialect.clock})`;
    this.#send = send;
  }

  /** Creates what is missing of the tables. */
  async migrate(): Promise<void> {
    for (const deadline = performance.now() + MIGRATION_MS; !(await this.#isComplete()); ) {
      try {
        for (const text of this.dialect.schema(this.tables)) await this.#send(text, []);
        return;
      } catch (error) {
        // Another process creates them.
        if (property(error, 'code') !== 'SQLITE_BUSY' || performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
      }
    }
  }

  /** Returns the rows of a SELECT. */
  async rows(text: string, values: Values): Promise<readonly SqlRow[]> {
    return (await this.#run(text, values)).rows;
  }

  /** Returns how many rows an UPDATE or DELETE has changed. */
  async change(text: string, values: Values): Promise<number> {
    const { returning } = this.dialect;
    const { rows, rowCount } = await this.#run(text + returning, values);
    return returning ? rows.length : Number(rowCount);
  }

  /** Inserts or updates a row. Returns false if there is one that may not be updated. */
  async upsert(upsert: Upsert, values: Values): Promise<boolean> {
    const { dialect } = this;
    const [insert, update] = dialect.upsert(upsert);
    if (update === undefined) return (await this.#run(insert, values)).rows.length === 1;
    try {
      await this.#run(insert, values);
      return true;
    } catch (error) {
      if (dialect.isDuplicate?.(error)) return (await this.change(update, values)) === 1;
      throw error;
    }
  }

  /** Sets a column in the chosen rows. Returns columns of these. */
  async updateChosen(
    choice: RowChoice,
    set: string,
    columns: string,
    values: Values,
  ): Promise<readonly SqlRow[]> {
    let rows: readonly SqlRow[] = [];
    for (const text of this.dialect.updateChosen(choice, set, columns)) rows = await this.rows(text, values);
    return rows;
  }

  async #isComplete(): Promise<boolean> {
    const { sessions, users } = this.tables;
    try {
      await this.#send(`SELECT id, record, version, expires_at FROM ${sessions} WHERE 1 = 0`, []);
      const columns = 'user_key, entry, session_keys, ends_at, changed_at, revoked_at';
      await this.#send(`SELECT ${columns} FROM ${users} WHERE 1 = 0`, []);
      return true;
    } catch {
      // What is wrong beyond that, the next statement says too.
      return false;
    }
  }

  async #run(text: string, values: Values): Promise<SqlResult> {
    try {
      return await this.#send(...bind(text, values, this.dialect.placeholder));
    } catch (error) {
      throw isMissingTable(error) ? noTable(this.tables, error) : error;
    }
  }
}

/** Returns the value `now` of a statement. */
export function nowValue({ now, clock }: CallOptions): number | null {
  return clock === 'test' ? now : null;
}

/** Returns a text that a driver may return as bytes. */
export function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
}

/** PostgreSQL says it by SQLSTATE, MySQL by number, SQLite in words. Query builders put their own error around it. */
function isMissingTable(error: unknown): boolean {
  return [error, property(error, 'cause')].some(
    (one) =>
      property(one, 'code') === '42P01' ||
      property(one, 'errno') === 1146 ||
      /\bno such table\b/.test(String(property(one, 'message'))),
  );
}

function noTable({ sessions, users }: SqlTables, cause: unknown): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE',
    `SqlStore: the table ${sessions} or ${users} does not exist. Run store.migrate() once before the first request, or create ` +
      'them by the SQL of docs/sql.md. If they are there, check the database and the schema of the client.',
    { cause },
  );
}
