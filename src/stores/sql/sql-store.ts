import { newNonce } from '../../record/nonce.js';
import { parseRecord, recordText } from '../../record/record-text.js';
import { msToLive } from '../../record/time-to-live.js';
import {
  type CallOptions,
  type CompareAndSwap,
  callOptions,
  type LoadedRecord,
  type ReadOptions,
  type SessionRecord,
  type Store,
  type UserIndex,
} from '../../store-contract/store.js';
import { unreadableRecord } from '../../store-contract/unreadable.js';
import type { DialectName } from './dialect.js';
import { type SqlDatabase, textOf } from './sql-database.js';
import { badAnswer } from './sql-errors.js';
import { resolveSqlOptions, type SqlStoreOptions } from './sql-options.js';
import { SqlUserIndex } from './sql-user-index.js';
import type { Values } from './statement.js';
import { Sweeper } from './sweeper.js';
import { SESSIONS_KEY } from './tables.js';

/** No database keeps a text of so many bytes. */
const MAX_BYTES = 2 ** 31 - 2;

/**
 * A store that keeps sessions in PostgreSQL, MySQL, MariaDB or SQLite, for any number of processes. A session is read or written by
 * one statement, and no update is lost. The tables have to be there: `migrate` creates them.
 *
 * A session ends by the clock of the database. Each write also deletes a few rows of sessions that have ended, in the background
 * and at most a tenth of the time.
 *
 * @throws ERR_SESSION_OPTIONS for a bad option, and for one that does not exist.
 * @example
 * const store = new SqlStore({ client: new Pool({ connectionString: process.env.DATABASE_URL }) });
 * await store.migrate();
 * export const session = nextAppSession({ secret: process.env.SESSION_SECRET, store });
 */
export class SqlStore implements Store {
  /** The database: `postgresql`, `mysql` or `sqlite`. */
  readonly name: DialectName;
  readonly hashIds = true;
  readonly expiry = 'store';
  readonly users: UserIndex;
  readonly atomic: CompareAndSwap = {
    load: (id, options) => this.#load(id, options),
    swap: (id, expected, record, options) => this.#swap(id, expected, record, options),
  };
  readonly #db: SqlDatabase;
  readonly #sweeper: Sweeper;

  constructor(options: SqlStoreOptions) {
    this.#db = resolveSqlOptions(options);
    this.name = this.#db.dialect.name;
    this.#sweeper = new Sweeper(this.#db);
    this.users = new SqlUserIndex(this.#db, (ids, call) => this.#loadAll(ids, call));
  }

  /**
   * Creates the tables, or what is missing of them. Many processes may do so at once. Does nothing where they are there, so a
   * role without the right to create tables may call it too.
   *
   * @throws the error of the driver, also for a table of this name that has other columns.
   */
  async migrate(): Promise<void> {
    await this.#db.migrate();
  }

  /**
   * Deletes all sessions that have ended, in small batches, which hold up no other write. For a job that runs now and then, where
   * the writes of the app are too few to do it.
   *
   * @returns how many sessions it has deleted.
   * @throws the error of the driver.
   */
  prune(): Promise<number> {
    return this.#sweeper.prune();
  }

  async get(id: string, options: ReadOptions = callOptions()): Promise<SessionRecord | null> {
    const found = await this.atomic.load(id, options);
    if (found?.unreadable) throw unreadableRecord();
    return found?.record ?? null;
  }

  async set(id: string, record: SessionRecord, options = callOptions()): Promise<void> {
    if (msToLive(record, options.now) <= 0) await this.destroy(id, options);
    else if ((await this.#upsert(id, record, options)) === null) throw badAnswer();
  }

  async destroy(id: string, options = callOptions()): Promise<void> {
    await this.#db.change(`DELETE FROM ${this.#db.tables.sessions} WHERE id = :id`, { id }, options);
  }

  async touch(id: string, record: SessionRecord, options = callOptions()): Promise<void> {
    const { tables } = this.#db;
    const now = this.#db.now(options);
    await this.#db.change(
      `UPDATE ${tables.sessions} SET expires_at = ${now} + :ttl WHERE id = :id AND expires_at > ${now}`,
      { id, ttl: msToLive(record, options.now) },
      options,
    );
  }

  async #load(id: string, options: ReadOptions): Promise<LoadedRecord | null> {
    const [found] = await this.#select('', 'id = :id', { id }, options);
    return found?.loaded ?? null;
  }

  /** Reads the records of keys, by their keys. */
  async #loadAll(ids: readonly string[], options: ReadOptions): Promise<Map<string, LoadedRecord>> {
    const found = await this.#select('id, ', 'id IN (:ids)', { ids }, options);
    return new Map(found.map(({ id, loaded }) => [textOf(id), loaded]));
  }

  /** Reads records that have not expired. Of one that is larger than `maxBytes`, fetches only the start. */
  async #select(columns: string, where: string, values: Values, options: ReadOptions) {
    const limit = Math.min(options.maxBytes ?? MAX_BYTES, MAX_BYTES);
    const rows = await this.#db.rows(
      `SELECT ${columns}version, substr(record, 1, :most) AS record FROM ${this.#db.tables.sessions} ` +
        `WHERE ${where} AND expires_at > ${this.#db.now(options)}`,
      // A letter more than it may have bytes, to tell that there are more.
      { most: limit + 1, ...values },
      options,
    );
    return rows.map((row) => {
      const text = textOf(row.record);
      const size = Buffer.byteLength(text);
      const record = size > limit ? null : parseRecord(text);
      const loaded: LoadedRecord = {
        record,
        version: textOf(row.version),
        size,
        unreadable: record === null,
      };
      return { id: row.id, loaded };
    });
  }

  async #swap(
    id: string,
    expected: string | null,
    record: SessionRecord,
    options: CallOptions,
  ): Promise<string | null> {
    const ttl = msToLive(record, options.now);
    if (ttl <= 0) {
      const isGone =
        expected === null ? this.#isNothing(id, options) : this.#deleteVersion(id, expected, options);
      return (await isGone) ? '' : null;
    }
    const { tables } = this.#db;
    const now = this.#db.now(options);
    if (expected === null) return this.#upsert(id, record, options, `old.expires_at <= ${now}`);
    const version = newNonce();
    const changed = await this.#db.change(
      `UPDATE ${tables.sessions} SET record = :record, version = :version, expires_at = ${now} + :ttl ` +
        `WHERE id = :id AND version = :expected AND expires_at > ${now}`,
      { id, record: recordText(record), version, expected, ttl },
      options,
    );
    this.#sweeper.afterWrite(options);
    return changed === 1 ? version : null;
  }

  /**
   * Writes a record, whatever is there, or only over what meets a condition.
   *
   * @returns the new version; null if something is there that does not meet it.
   */
  async #upsert(
    id: string,
    record: SessionRecord,
    options: CallOptions,
    where?: string,
  ): Promise<string | null> {
    const { tables } = this.#db;
    const now = this.#db.now(options);
    const version = newNonce();
    const update = { record: ':record', version: ':version', expires_at: `${now} + :ttl` };
    const written = await this.#db.upsert(
      { table: tables.sessions, key: SESSIONS_KEY, row: { id: ':id', ...update }, update, where },
      { id, record: recordText(record), version, ttl: msToLive(record, options.now) },
      options,
    );
    this.#sweeper.afterWrite(options);
    return written ? version : null;
  }

  /** Deletes a record. Returns false if it has another version. */
  async #deleteVersion(id: string, version: string, options: CallOptions): Promise<boolean> {
    const deleted = await this.#db.change(
      `DELETE FROM ${this.#db.tables.sessions} WHERE id = :id AND version = :version ` +
        `AND expires_at > ${this.#db.now(options)}`,
      { id, version },
      options,
    );
    return deleted === 1;
  }

  /** Returns whether nothing is there. It writes too, since the session finds out by it whether the database takes writes. */
  async #isNothing(id: string, options: CallOptions): Promise<boolean> {
    await this.#db.change(
      `DELETE FROM ${this.#db.tables.sessions} WHERE id = :id AND expires_at <= ${this.#db.now(options)}`,
      { id },
      options,
    );
    return (await this.#load(id, { maxBytes: 0, ...options })) === null;
  }
}
