import { CLOCK_SKEW_MS } from '../../record/expiry.js';
import { formatCursor, parseCursor } from '../../store-contract/index-cursor.js';
import type {
  CallOptions,
  EntryKey,
  IndexedSession,
  IndexedSessions,
  IndexPage,
  LoadedRecord,
  NewEntry,
  ReadOptions,
  RemoveOptions,
  RevokeChoice,
  UserIndex,
} from '../../store-contract/store.js';
import { assignments, type RowChoice, type SqlRow } from './dialect.js';
import { type SqlDatabase, textOf } from './sql-database.js';
import { padded } from './statement.js';
import { USERS_KEY } from './tables.js';

/** Reads the records of keys. */
type ReadRecords = (ids: readonly string[], options: ReadOptions) => Promise<Map<string, LoadedRecord>>;

/** How long after a key was added its record may still be missing. */
const RECENT_MS = 60_000;

/** How many keys one statement removes. Each nests one level deeper, and the parser of libSQL has room for some thirty. */
const REMOVED_AT_ONCE = 16;

/**
 * The index of each user. An entry is one row, so that a revocation and a new key of the same session wait for each other:
 * `session_keys` are its keys, with a space before and after each; `changed_at` is when a key was added last, or the negative of
 * the time when its record was written; `revoked_at` is null for one that is not revoked.
 */
export class SqlUserIndex implements UserIndex {
  readonly #db: SqlDatabase;
  readonly #readRecords: ReadRecords;

  constructor(db: SqlDatabase, readRecords: ReadRecords) {
    this.#db = db;
    this.#readRecords = readRecords;
  }

  async add(user: string, { entry, key, until, from }: NewEntry, options: CallOptions): Promise<boolean> {
    const { dialect, tables } = this.#db;
    const now = this.#db.now(options);
    const values = {
      user,
      entry,
      key: ` ${key} `,
      added: `${key} `,
      from: ` ${from} `,
      ttl: Math.ceil(until - options.now),
    };
    const keys = 'old.session_keys';
    const update = {
      session_keys: `CASE WHEN ${dialect.contains(keys, ':key')} THEN ${keys} ELSE ${dialect.concat(keys, ':added')} END`,
      ends_at: dialect.later('old.ends_at', `${now} + :ttl`),
      changed_at: this.#newTime(now),
    };
    if (from === undefined) {
      const row = {
        user_key: ':user',
        entry: ':entry',
        session_keys: ':key',
        ends_at: `${now} + :ttl`,
        changed_at: now,
      };
      return this.#db.upsert(
        { table: tables.users, key: USERS_KEY, row, update, where: 'old.revoked_at IS NULL' },
        values,
        options,
      );
    }
    const set = from === key ? { changed_at: this.#newTime(`-${now}`) } : update;
    const changed = await this.#db.change(
      `UPDATE ${tables.users} AS old SET ${assignments(set)} WHERE old.user_key = :user AND old.entry = :entry ` +
        `AND old.revoked_at IS NULL AND ${dialect.contains(keys, ':from')}`,
      values,
      options,
    );
    return changed === 1;
  }

  async remove(user: string, keys: readonly EntryKey[], options: RemoveOptions): Promise<void> {
    for (let start = 0; start < keys.length; start += REMOVED_AT_ONCE)
      await this.#remove(user, keys.slice(start, start + REMOVED_AT_ONCE), options);
  }

  async list(user: string, { limit, cursor }: IndexPage, options: ReadOptions): Promise<IndexedSessions> {
    const { tables } = this.#db;
    const now = this.#db.now(options);
    const after = parseCursor(cursor);
    const found = await this.#db.rows(
      `SELECT ${this.#columns(options)} FROM ${tables.users} WHERE user_key = :user AND revoked_at IS NULL ` +
        `AND ends_at > ${now} - ${CLOCK_SKEW_MS} AND (ends_at < :until OR ends_at = :until AND entry < :entry) ` +
        // One more, to know whether there is a next page.
        `ORDER BY ends_at DESC, entry DESC LIMIT ${limit + 1}`,
      {
        user,
        until: after?.until ?? Number.MAX_SAFE_INTEGER,
        entry: after?.entry ?? '',
      },
      options,
    );
    const page = found.slice(0, limit);
    const end = page.at(-1);
    return {
      entries: await this.#withRecords(page, options),
      cursor:
        end && found.length > limit
          ? formatCursor({ until: Number(end.ending), entry: textOf(end.entry) })
          : null,
    };
  }

  async revoke(
    user: string,
    { limit, only, except = [] }: RevokeChoice,
    options: ReadOptions,
  ): Promise<IndexedSession[]> {
    const now = this.#db.now(options);
    const choice = this.#choice(
      `user_key = :user AND ends_at > ${now} - ${CLOCK_SKEW_MS} AND entry ${only ? 'IN' : 'NOT IN'} (:entries)`,
      limit,
    );
    const values = { user, entries: only ?? except };
    const set = `revoked_at = coalesce(revoked_at, ${now})`;
    let found: { rows: readonly SqlRow[]; changed: number };
    do {
      found = await this.#db.updateChosen(choice, set, this.#columns(options), values, options);
      // Others have taken the places of some.
    } while (found.rows.some(({ revoked }) => revoked === null));
    const earliestFirst = found.rows.toSorted((a, b) => Number(a.revoked) - Number(b.revoked));
    const present = await this.#withRecords(earliestFirst, options);
    return [...present, ...removedMeanwhile(only, found.changed, present)];
  }

  /** Removes keys, and then the entries that hold no more keys. */
  async #remove(user: string, removed: readonly EntryKey[], options: RemoveOptions): Promise<void> {
    const now = this.#db.now(options);
    const values: Record<string, string> = {};
    const left = padded(removed).reduce((keys, { entry, key }, at) => {
      values[`entry${at}`] = entry;
      values[`key${at}`] = ` ${key} `;
      // Of another entry it replaces nothing.
      return `replace(${keys}, CASE entry WHEN :entry${at} THEN :key${at} ELSE '' END, ' ')`;
    }, 'session_keys');
    const entries = [...new Set(removed.map(({ entry }) => entry))];
    const choice = this.#choice(
      'user_key = :user AND entry IN (:entries)' +
        (options.keepRecent ? ` AND abs(changed_at) + ${RECENT_MS} <= ${now}` : ''),
      // Not how many they are, which would make another statement of each number.
      REMOVED_AT_ONCE,
    );
    const all = { user, entries, ...values };
    const [update] = this.#db.dialect.updateChosen(choice, `session_keys = ${left}`, 'entry');
    await this.#db.rows(update, all, options);
    const empty = { ...choice, where: `${choice.where} AND session_keys = ' '` };
    await this.#db.change(this.#db.dialect.deleteChosen(empty, 'wait'), all, options);
  }

  /** Returns a choice of entries, in the one order in which all statements take them: others could deadlock. */
  #choice(where: string, limit: number): RowChoice {
    const orderBy = 'revoked_at IS NULL, revoked_at, ends_at, entry';
    return { table: this.#db.tables.users, key: USERS_KEY, where, orderBy, limit };
  }

  /** Returns a time that no entry has already: some drivers of MySQL count only rows whose values have changed. */
  #newTime(time: string): string {
    return `CASE WHEN old.changed_at = ${time} THEN ${time} + 1 ELSE ${time} END`;
  }

  /** What is read of an entry. By names of one word, since a driver may be told to write `ends_at` as `endsAt`. */
  #columns(options: CallOptions): string {
    return (
      'entry, session_keys AS held, ends_at AS ending, revoked_at AS revoked, ' +
      `CASE WHEN changed_at + ${RECENT_MS} > ${this.#db.now(options)} THEN 1 ELSE 0 END AS recent`
    );
  }

  async #withRecords(entries: readonly SqlRow[], options: ReadOptions): Promise<IndexedSession[]> {
    const withKeys = entries.map((row) => ({ row, keys: textOf(row.held).trim().split(' ') }));
    const ids = withKeys.flatMap(({ keys }) => keys);
    const records = ids.length > 0 ? await this.#readRecords(ids, options) : new Map<string, LoadedRecord>();
    return withKeys.map(({ row, keys }) => ({
      entry: textOf(row.entry),
      isRecent: Number(row.recent) === 1,
      records: keys.map((key) => {
        const { record = null, unreadable, size } = records.get(key) ?? {};
        return { key, record, unreadable, size };
      }),
    }));
  }
}

/**
 * Returns the entries that were revoked and are gone, because their sessions found that out and ended themselves. Their names are
 * certain only if all that were named have been revoked.
 */
function removedMeanwhile(
  only: readonly string[] | undefined,
  changed: number,
  present: readonly IndexedSession[],
): IndexedSession[] {
  const names = new Set(only);
  if (changed !== names.size) return [];
  for (const { entry } of present) names.delete(entry);
  return [...names].map((entry) => ({ entry, records: [], isRecent: false }));
}
