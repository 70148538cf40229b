import { Deadline } from './deadline.js';
import { isAbsoluteExpired, isIdleExpired, lifetimeMs, slide } from './expiry.js';
import type { ResolvedOptions } from './options.js';
import { parseRecord, type Session } from './record.js';
import type { IndexedSession } from './store.js';
import type { OpenStore, StoreCalls } from './store-calls.js';
import { done, StoredRecord } from './stored-record.js';
import { currentTime } from './surroundings.js';
import { userIndexOf } from './user-index.js';
import { userKey } from './user-key.js';

/** A session in the index of its user. */
export interface UserRecord {
  readonly key: string;
  readonly session: Session;
  readonly version: string | null;
}

/** A write that is under way has ended by then, whatever the clocks of two machines say. */
const SETTLED_MS = 3_600_000;

/** How many records are removed at once. */
const BATCH = 100;

/**
 * Which sessions are whose, by the store's index of each user. Index and records may lie on different servers, so there
 * is no transaction over both. The index is a superset, whatever fails in whichever order:
 *
 * - noted, and the record never written: the entry leads to nothing; `list` drops it once it has settled.
 * - not noted: the record is not written either, so nobody is signed in who cannot be signed out.
 * - a record removed, and its entry left: as the first.
 * - a session's user changed: it is noted with the new one before the record says so, and stays noted with the old one,
 *   whose list leaves it out by what its record says.
 * - an entry is removed only when its record is known to be gone: IDs are never used again.
 */
export class SessionIndex {
  readonly #options: ResolvedOptions;
  readonly #calls: StoreCalls;

  constructor(options: ResolvedOptions, calls: StoreCalls) {
    this.#options = options;
    this.#calls = calls;
  }

  /** What the store knows the user of a session by; null while there is none. A session keeps what it has without the option. */
  userOf({ data, user }: Session): string | null {
    return this.#options.user ? userKey(this.#options.user(data)) : user;
  }

  /** Whether a session is in no index, and belongs into one: it is older than the `user` option. */
  isMissing(session: Session): boolean {
    if (!this.#options.user || session.user !== null) return false;
    try {
      return this.userOf(session) !== null;
    } catch {
      // The app's own function failed: that is told to whoever writes, and keeps nobody from reading.
      return false;
    }
  }

  /** Notes a session whose record is about to be written. */
  async add({ open, key, deadline }: PlaceOfRecord, user: string): Promise<void> {
    const index = userIndexOf(open.store);
    const run = () => index.add(user, key, this.#options.expiry.absoluteMs);
    await this.#calls.call(open, { operation: 'index', key: user, deadline, run, report: done });
  }

  /** Forgets sessions whose records are gone. A failure leaves entries that lead to nothing. */
  async forget(open: OpenStore, user: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const run = () => userIndexOf(open.store).remove(user, keys);
    const call = { operation: 'unindex', key: user, deadline: this.#deadline(), run, report: done } as const;
    await this.#calls.call(open, call).catch(() => {});
  }

  /** The user's sessions that live, and what is left of those that moved on. */
  async list(user: string): Promise<UserRecord[]> {
    const open = await this.#open();
    const index = userIndexOf(open.store);
    const run = () => index.list(user);
    const call = { operation: 'list', key: user, deadline: this.#deadline(), run, report: done } as const;
    const entries = await this.#calls.call(open, call);
    const now = currentTime();
    const gone = entries.filter(({ record, notedAt }) => record === null && now - notedAt > SETTLED_MS);
    await this.forget(
      open,
      user,
      gone.map(({ id }) => id),
    );
    return entries.flatMap((entry) => this.#judge(entry, user, now) ?? []);
  }

  /**
   * Removes sessions, and what is left of their old IDs; those that another request changed meanwhile stay. When some
   * cannot be removed, the others are all the same.
   *
   * @returns the keys of those that were removed.
   */
  async end(user: string, records: readonly UserRecord[]): Promise<Set<string>> {
    const open = await this.#open();
    const ended = new Set<string>();
    const errors: unknown[] = [];
    for (let start = 0; start < records.length; start += BATCH) {
      const batch = records.slice(start, start + BATCH);
      const results = await Promise.allSettled(batch.map((record) => this.#end(open, record)));
      for (const [at, result] of results.entries()) {
        const key = batch[at]?.key;
        if (result.status === 'rejected') errors.push(result.reason);
        else if (result.value && key !== undefined) ended.add(key);
      }
    }
    await this.forget(open, user, [...ended]);
    if (errors.length > 0) throw errors[0];
    return ended;
  }

  async #end(open: OpenStore, { key, session, version }: UserRecord): Promise<boolean> {
    await this.removePredecessors(open, session, this.#deadline());
    const removed = await this.#record(open, key, this.#deadline()).retire(version, 'revoked');
    if (removed && !session.frozen) this.#calls.telemetry.record({ type: 'destroyed', reason: 'revoked' });
    return removed;
  }

  /** Removes what is left of a session's old IDs. */
  async removePredecessors(open: OpenStore, { predecessors }: Session, deadline: Deadline): Promise<void> {
    const now = currentTime();
    for (const { key, until } of predecessors) {
      if (until > now) await this.#record(open, key, deadline).remove();
    }
  }

  #judge(
    { id, record, version, leftMs }: IndexedSession<object>,
    user: string,
    now: number,
  ): UserRecord | null {
    const { expiry } = this.#options;
    const session = parseRecord(record);
    if (session?.user !== user) return null;
    const slid = leftMs !== undefined && session.maxAge === null;
    if ((!slid && isIdleExpired(session, now)) || isAbsoluteExpired(session, expiry, now)) return null;
    // The store started the idle timeout anew each time that it was read.
    const seenAt = now + (leftMs ?? 0) - lifetimeMs(session, expiry);
    const current = slid
      ? slide(session, expiry, Math.max(session.lastSeenAt ?? 0, Math.min(now, seenAt)))
      : session;
    return { key: id, session: current, version: version ?? null };
  }

  #record(open: OpenStore, key: string, deadline: Deadline): StoredRecord {
    return new StoredRecord(this.#options, this.#calls, open, key, deadline);
  }

  /** Of each call for itself: a user may have many sessions. */
  #deadline(): Deadline {
    return new Deadline(this.#options.storeTimeoutMs);
  }

  async #open(): Promise<OpenStore> {
    return this.#calls.open(this.#deadline());
  }
}

interface PlaceOfRecord {
  readonly open: OpenStore;
  readonly key: string;
  readonly deadline: Deadline;
}
