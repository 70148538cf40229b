import type { ResolvedOptions } from '../options/options.js';
import { isExpired, lifetimeMs, slide } from '../record/expiry.js';
import { mayRemain, parseRecord, type Session } from '../record/record.js';
import { Deadline } from '../resilience/deadline.js';
import type { OpenStore, StoreCalls } from '../resilience/store-calls.js';
import type { IndexedSession } from '../store-contract/store.js';
import { userIndexOf } from '../store-contract/user-index.js';
import { currentTime } from '../test-seam/surroundings.js';
import { done, StoredRecord } from './stored-record.js';

/** A session in the index of its user, whether it lives or not. */
export interface UserRecord {
  readonly key: string;
  /** Null where this server cannot read its record. */
  readonly session: Session | null;
  /** Whether it reads as a session: it has neither expired nor moved on. Of what cannot be read that is assumed. */
  readonly isLive: boolean;
}

/** What the index of a user holds. */
export interface Listing {
  /** The keys of all entries, those that lead to nothing included. */
  readonly keys: readonly string[];
  readonly records: readonly UserRecord[];
}

/** What came of ending sessions. */
export interface Ended {
  /** The keys of the records that are gone. */
  readonly keys: ReadonlySet<string>;
  /** Why some could not be removed. */
  readonly failures: readonly unknown[];
}

/** How many records are removed at once. */
const BATCH = 100;

/**
 * Which sessions are whose, by the store's index of each user. Index and records may lie on different servers, so there
 * is no transaction over both. The index is a superset, whatever fails in whichever order:
 *
 * - noted, and the record never written: the entry leads to nothing, until its time is over.
 * - not noted: the record is not written either, so nobody is signed in who cannot be signed out.
 * - a record removed, and its entry left: as the first.
 * - a session's user changed: it is noted with the new one before the record says so, and stays noted with the old one,
 *   whose list leaves it out by what its record says.
 * - used for longer than it was noted for: a read notes it anew, long before (`index-entry`). If that fails until its entry
 *   might be gone, the session is over (`expiry`).
 * - moved to a new ID while the list was read: it was noted before it moved, so whoever ends sessions lists them until a
 *   list holds nothing new (`user-sessions`).
 * - an entry is removed only when its record is known to be gone: IDs are never used again.
 */
export class SessionIndex {
  readonly #options: ResolvedOptions;
  readonly #calls: StoreCalls;

  constructor(options: ResolvedOptions, calls: StoreCalls) {
    this.#options = options;
    this.#calls = calls;
  }

  /** Notes a session whose record is about to be written; whether there is an index. */
  async add({ open, key, deadline }: PlaceOfRecord, { user, notedUntil }: Session): Promise<boolean> {
    // A process without the option keeps the index of the others, where the store has one.
    const index = this.#options.user ? userIndexOf(open.store) : open.store.users;
    if (!index || user === null || notedUntil === null) return false;
    const run = () => index.add(user, key, notedUntil);
    await this.#calls.call(open, { operation: 'index', key: user, deadline, run, report: done });
    return true;
  }

  /** Forgets sessions whose records are gone. A failure leaves entries that lead to nothing. */
  async forget(open: OpenStore, user: string, keys: readonly string[]): Promise<void> {
    const index = open.store.users;
    if (!index || keys.length === 0) return;
    const run = () => index.remove(user, keys);
    const call = { operation: 'unindex', key: user, deadline: this.#deadline(), run, report: done } as const;
    await this.#calls.call(open, call).catch(() => {});
  }

  /** The user's sessions, with those that have expired and what is left of those that moved on. */
  async list(user: string): Promise<Listing> {
    const open = await this.#open();
    const index = userIndexOf(open.store);
    const run = () => index.list(user);
    const call = { operation: 'list', key: user, deadline: this.#deadline(), run, report: done } as const;
    const entries = await this.#calls.call(open, call);
    const trustsStore = open.store.trustExpiry === true;
    const records = entries.flatMap((entry) => this.#judge(entry, user, trustsStore) ?? []);
    return { keys: entries.map(({ id }) => id), records };
  }

  /** Removes sessions, and what is left of their old IDs. When some cannot be removed, the others are all the same. */
  async end(user: string, records: readonly UserRecord[]): Promise<Ended> {
    const open = await this.#open();
    const keys = new Set<string>();
    const failures: unknown[] = [];
    const end = async (record: UserRecord) => {
      try {
        await this.#end(open, record);
        keys.add(record.key);
      } catch (error) {
        failures.push(error);
      }
    };
    for (let start = 0; start < records.length; start += BATCH) {
      await Promise.all(records.slice(start, start + BATCH).map(end));
    }
    await this.forget(open, user, [...keys]);
    return { keys, failures };
  }

  /** Removes what is left of a session's old IDs. */
  async removePredecessors(open: OpenStore, { predecessors }: Session, deadline: Deadline): Promise<void> {
    const now = currentTime();
    const left = predecessors.filter((old) => mayRemain(old, now));
    await Promise.all(left.map(({ key }) => this.#record(open, key, deadline).remove()));
  }

  /** Whatever its record is by now: a session that is written all the time is not to escape by that. */
  async #end(open: OpenStore, { key, session, isLive }: UserRecord): Promise<void> {
    if (session) await this.removePredecessors(open, session, this.#deadline());
    await this.#record(open, key, this.#deadline()).remove('revoked');
    if (isLive) this.#calls.telemetry.record({ type: 'destroyed', reason: 'revoked' });
  }

  #judge(
    { id, record, unreadable, leftMs }: IndexedSession<object>,
    user: string,
    trustsStore: boolean,
  ): UserRecord | null {
    if (record === null && !unreadable) return null;
    const session = parseRecord(record);
    if (!session) return { key: id, session, isLive: true };
    if (session.user !== user) return null;
    const { expiry } = this.#options;
    const now = currentTime();
    const slid = leftMs !== undefined && session.maxAge === null;
    const isLive = !session.frozen && !isExpired(session, expiry, now, slid || trustsStore);
    // The store started the idle timeout anew each time that it was read.
    const seenAt = now + (leftMs ?? 0) - lifetimeMs(session, expiry);
    const current = slid
      ? slide(session, expiry, Math.max(session.lastSeenAt ?? 0, Math.min(now, seenAt)))
      : session;
    return { key: id, session: current, isLive };
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
