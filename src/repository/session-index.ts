import type { EndReason, StoreOperation } from '../events/session-event.js';
import { Deadline } from '../gateway/deadline.js';
import { beginOperation, type Operation } from '../gateway/operation.js';
import type { RequestContext } from '../gateway/request-context.js';
import { StoreCall } from '../gateway/store-call.js';
import { UnknownOutcome } from '../gateway/store-failures.js';
import { untilSent } from '../gateway/until-sent.js';
import { inBatches } from '../lib/in-batches.js';
import { unfinishedRevocation } from '../lib/session-refusals.js';
import { unlessLate } from '../lib/unless-late.js';
import type { ResolvedOptions } from '../options/options.js';
import type { RecordState } from '../record/read-record.js';
import type { SessionEntry } from '../record/record.js';
import { largestRead } from '../record/record-size.js';
import type {
  EntryKey,
  IndexedRecord,
  IndexedSession,
  ReadOptions,
  UserIndex,
} from '../store-contract/store.js';
import { userIndexOf } from '../store-contract/user-index-of.js';
import { deleteGraceCopies } from './grace.js';
import { ownerOf } from './index-entry.js';
import { RecordRef } from './record-ref.js';
import { fromRecord } from './session-record.js';
import { entryKeys, isWaiting, settledKeys, type UserEntry } from './user-entry.js';

/** A page of a user's entries that have a session. */
export interface UserEntryPage {
  readonly entries: readonly UserEntry[];
  /** Where the next page begins; null after the last one. */
  readonly cursor: string | null;
}

/** What revoking a page of entries did. */
export interface RevokeResult {
  /** Those whose records are deleted. */
  readonly revoked: readonly UserEntry[];
  /** The errors of those that could not be deleted. */
  readonly failures: readonly unknown[];
}

/** Which entries of a user to revoke: those named in `only`, or else all but those in `except`. */
export interface Choice {
  readonly only?: readonly string[];
  readonly except?: readonly string[];
}

/** How many entries are revoked in one step. Each step has its own deadline. */
const PAGE = 100;

/** How many of them are deleted at once. */
const AT_ONCE = 50;

/**
 * Which sessions are whose, by the store's index of each user. Index and records may be on different servers, so there is no
 * transaction over both. The index may name sessions that are gone, and misses none, whatever fails in which order:
 *
 * - Added, and the record never written: the entry leads to nothing until it ends, or until a list meets it.
 * - Not added: the record is not written either. So nobody is signed in whom nobody can sign out.
 * - The record deleted, and the entry left: as the first.
 * - The user of a session changed: it is in the new user's index before its record says so. The old user's index leads to a
 *   record of another user, which is left alone.
 * - A session that is used on and on: it ends with its entry (`record/expiry`).
 *
 * Revocation wins over everything that runs at the same time. It marks entries as revoked in one atomic step, so that their
 * sessions cannot move on to a new ID. Then it deletes their records, and at last the entries. A request that writes a record
 * under a key that is new in the index asks afterwards whether the index still has the key. If it has not, the session was
 * revoked meanwhile, and the request deletes what it wrote. A session is always found by one of the two. A key whose record may
 * still be on its way stays marked as revoked, for the next revocation.
 */
export class SessionIndex {
  readonly context: RequestContext;
  readonly #options: ResolvedOptions;

  constructor(options: ResolvedOptions, context: RequestContext) {
    this.context = context;
    this.#options = options;
  }

  /** Returns whether the store has an index that this process has to keep up to date, with or without the `user` option. */
  has({ operation }: RecordRef): boolean {
    const { users, atomic } = operation.open.store;
    return this.#options.user !== undefined || (users !== undefined && atomic !== undefined);
  }

  /**
   * Adds a session whose record is about to be written. Adds it again if the answer was lost, which changes nothing.
   *
   * @param from the key that the session moves from. Left out for one that is not in the index.
   * @returns false if the session has been revoked.
   */
  async add({ operation, key }: RecordRef, entry: SessionEntry, from?: string): Promise<boolean> {
    const { user, id, until } = entry;
    const send = () =>
      this.#call(
        operation,
        'index',
        user,
        (users, options) => users.add(user, { entry: id, key, until, from }, options),
        [key, from ?? key],
      );
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof UnknownOutcome) || operation.deadline.passed) throw error;
      return untilSent(send, operation.deadline);
    }
  }

  /** Returns whether the index still has a session whose record has been written. */
  holds(ref: RecordRef, entry: SessionEntry): Promise<boolean> {
    return this.add(ref, entry, ref.key);
  }

  /**
   * Removes keys whose records are deleted. A failure leaves keys that lead to nothing: the next list finds no record for them.
   *
   * @param keepRecent whether to leave entries alone that got a key within the last minute.
   * @returns false if that failed.
   */
  async remove(user: string, keys: readonly EntryKey[], keepRecent = false): Promise<boolean> {
    if (keys.length === 0) return true;
    try {
      const operation = await this.#begin();
      await this.#call(operation, 'unindex', user, (users, options) =>
        users.remove(user, keys, { ...options, keepRecent }),
      );
      return true;
    } catch {
      return false;
    }
  }

  /** Returns a page of the user's sessions. Removes entries that lead to nothing, as it meets them. */
  async list(user: string, limit: number, cursor: string | undefined): Promise<UserEntryPage> {
    const operation = await this.#begin();
    const page = await this.#call(operation, 'list', user, (users, options) =>
      users.list(user, { limit, cursor }, options),
    );
    const entries = page.entries.map((entry) => this.#toUserEntry(operation, user, entry));
    const isDead = ({ isRecent, keys }: UserEntry) =>
      !isRecent && keys.every(({ state }) => state.is === 'none');
    await unlessLate(this.remove(user, entries.filter(isDead).flatMap(entryKeys), true), false);
    return { entries: entries.filter(({ isSession }) => isSession), cursor: page.cursor };
  }

  /**
   * Revokes entries page by page. If a record cannot be deleted, the others are deleted all the same. Its entry stays revoked,
   * for the next call. So does a key whose record may still be on its way: the request that writes it finds out, and removes it.
   */
  async *revoke(
    user: string,
    { only, except = [] }: Choice,
    reason: EndReason,
  ): AsyncGenerator<RevokeResult> {
    const skipped = [...except];
    for (let isMore = true; isMore; ) {
      const operation = await this.#begin();
      const choice = { limit: PAGE, only, except: skipped };
      const page = await this.#call(operation, 'revoke', user, (users, options) =>
        users.revoke(user, choice, options),
      );
      const entries = page.map((entry) => this.#toUserEntry(operation, user, entry));
      const failed = new Map<UserEntry, unknown>();
      await inBatches(entries, AT_ONCE, (entry) =>
        this.#deleteRecords(entry, reason).catch((error) => void failed.set(entry, error)),
      );
      const revoked = entries.filter((entry) => !failed.has(entry));
      const isRemoved = await this.remove(user, revoked.flatMap(settledKeys));
      yield { revoked, failures: [...failed.values()] };
      const left = entries.filter((entry) => failed.has(entry) || isWaiting(entry));
      skipped.push(...left.map(({ id }) => id));
      // Entries that cannot be removed would be returned again and again.
      if (!isRemoved && page.length === PAGE) throw unfinishedRevocation();
      isMore = only === undefined && page.length === PAGE;
    }
  }

  /** Deletes whatever the version is, or a session that is written constantly could never be revoked. */
  async #deleteRecords({ keys }: UserEntry, reason: EndReason): Promise<void> {
    const operation = await this.#begin();
    // One that has expired may have done so by the clock of this server alone.
    const sessions = keys.flatMap(({ state }) =>
      state.is === 'live' || state.is === 'expired' ? [state.session] : [],
    );
    await Promise.all(sessions.map((session) => deleteGraceCopies(this.#options, operation, session)));
    const present = keys.filter(({ state }) => state.is !== 'none');
    await Promise.all(present.map(({ key }) => new RecordRef(this.#options, operation, key).delete(reason)));
  }

  #toUserEntry(
    operation: Operation,
    user: string,
    { entry, records, isRecent }: IndexedSession<object>,
  ): UserEntry {
    const keys = records.map((record) => ({
      key: record.key,
      state: this.#stateOf(operation, { user, id: entry }, record),
    }));
    const live = keys.flatMap(({ state }) => (state.is === 'live' ? [state.session] : []));
    const [session = null] = live.sort((a, b) => (b.lastSeenAt ?? 0) - (a.lastSeenAt ?? 0));
    const isSession = keys.some(({ state }) => state.is === 'live' || state.is === 'rejected');
    return { id: entry, keys, session, isSession, isRecent };
  }

  /** Decides what a record is to this entry. A session that does not claim the entry is another user's by now: nothing. */
  #stateOf(
    operation: Operation,
    claim: { user: string; id: string },
    found: IndexedRecord<object>,
  ): RecordState {
    const state = fromRecord(found, found.key, this.#options, operation);
    if (!('session' in state)) return state;
    const { entry } = state.session;
    const isClaimed =
      ownerOf(state.session, this.#options) === claim.user && (entry?.id ?? claim.id) === claim.id;
    return isClaimed ? state : { is: 'none' };
  }

  async #call<T>(
    operation: Operation,
    name: StoreOperation,
    user: string,
    run: (users: UserIndex<object>, options: ReadOptions) => T | Promise<T>,
    told: readonly string[] = [],
  ): Promise<T> {
    const users = userIndexOf(operation.open.store);
    const call = new StoreCall(operation, name, { key: user, told });
    const maxBytes = largestRead(this.#options.maxBytes);
    const result = await call.run((_, options) => run(users, { maxBytes, ...options }));
    call.end({ outcome: 'ok' });
    return result;
  }

  /** Each call has its own deadline, because a user may have many sessions. */
  async #begin(): Promise<Operation> {
    return beginOperation(this.context, new Deadline(this.#options.storeTimeoutMs));
  }
}
