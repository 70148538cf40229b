import type { EndReason } from '../events/session-event.js';
import type { Operation } from '../gateway/operation.js';
import type { RequestContext } from '../gateway/request-context.js';
import { inBatches } from '../lib/in-batches.js';
import { revocationConflict, unfinishedRevocation } from '../lib/session-refusals.js';
import { unlessLate } from '../lib/unless-late.js';
import type { ResolvedOptions } from '../options/options.js';
import type { RecordState } from '../record/read-record.js';
import type { SessionEntry } from '../record/record.js';
import type { IndexedRecord, IndexedSession } from '../store-contract/store.js';
import { deleteGraceCopies } from './grace.js';
import { IndexCalls } from './index-calls.js';
import { belongsTo } from './index-entry.js';
import { RecordRef } from './record-ref.js';
import { SessionEntries } from './session-entries.js';
import { fromRecord } from './session-record.js';
import { entryKeys, isWaiting, settledKeys, type UserEntry } from './user-entry.js';

/** A page of a user's entries, with those that lead to no session. */
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

/** How often a revocation goes through the indices of a user, while sessions move from one to another. */
const MAX_ROUNDS = 8;

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
 * - Several users of one session: each has an entry, for which all of this holds. Any of them ends the session. Then the entries
 *   of the others are removed, or lead to nothing.
 *
 * Revocation wins over everything that runs at the same time. It marks entries as revoked in one atomic step, so that their
 * sessions cannot move on to a new ID. Then it deletes their records, and at last the entries. A request that writes a record
 * under a key that is new in an index asks afterwards whether each such index still has the key. If one has not, the session was
 * revoked meanwhile, and the request deletes what it wrote. A session is always found by one of the two. A key whose record may
 * still be on its way stays marked as revoked, for the next revocation.
 */
export class SessionIndex {
  readonly entries: SessionEntries;
  readonly #options: ResolvedOptions;
  readonly #calls: IndexCalls;

  constructor(options: ResolvedOptions, context: RequestContext) {
    this.#options = options;
    this.#calls = new IndexCalls(options, context);
    this.entries = new SessionEntries(options, this.#calls);
  }

  get context(): RequestContext {
    return this.#calls.context;
  }

  /** Returns a page of the user's entries. Removes those that lead to nothing, as it meets them. */
  async list(user: string, limit: number, cursor: string | undefined): Promise<UserEntryPage> {
    const operation = await this.#calls.begin();
    const page = await this.#calls.run(operation, 'list', user, (users, options) =>
      users.list(user, { limit, cursor }, options),
    );
    const entries = page.entries.map((entry) => this.#toUserEntry(operation, user, entry));
    const isDead = ({ isRecent, keys }: UserEntry) =>
      !isRecent && keys.every(({ state }) => state.is === 'none');
    await unlessLate(this.#calls.remove(user, entries.filter(isDead).flatMap(entryKeys), true), undefined);
    return { entries, cursor: page.cursor };
  }

  /**
   * Revokes entries in all indices of a user, one for each cookie name. Goes through them again until it finds no key that it has not
   * seen: while the name changes, servers move a session from one to another and back, and give it new IDs.
   *
   * @throws ERR_SESSION_CONFLICT if they do so without end.
   */
  async *revokeInAll(
    users: readonly string[],
    choice: Choice,
    reason: EndReason,
  ): AsyncGenerator<RevokeResult> {
    const seen = new Set<string>();
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const known = seen.size;
      for (const user of users) {
        for await (const result of this.revoke(user, choice, reason)) {
          for (const { keys } of result.revoked) for (const { key } of keys) seen.add(`${user} ${key}`);
          yield result;
        }
      }
      if (users.length === 1 || seen.size === known) return;
    }
    throw revocationConflict();
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
      const operation = await this.#calls.begin();
      const choice = { limit: PAGE, only, except: skipped };
      const page = await this.#calls.run(operation, 'revoke', user, (users, options) =>
        users.revoke(user, choice, options),
      );
      const entries = page.map((entry) => this.#toUserEntry(operation, user, entry));
      const failed = new Map<UserEntry, unknown>();
      await inBatches(entries, AT_ONCE, (entry) =>
        this.#deleteRecords(user, entry, reason).catch((error) => void failed.set(entry, error)),
      );
      const revoked = entries.filter((entry) => !failed.has(entry));
      const isRemoved = await this.#calls.remove(user, revoked.flatMap(settledKeys));
      yield { revoked, failures: [...failed.values()] };
      const left = entries.filter((entry) => failed.has(entry) || isWaiting(entry));
      skipped.push(...left.map(({ id }) => id));
      // Entries that cannot be removed would be returned again and again.
      if (!isRemoved && page.length === PAGE) throw unfinishedRevocation();
      isMore = only === undefined && page.length === PAGE;
    }
  }

  /**
   * Deletes whatever the version is, or a session that is written constantly could never be revoked. Its entries of other users
   * then lead to nothing: it removes them too.
   */
  async #deleteRecords(user: string, { keys }: UserEntry, reason: EndReason): Promise<void> {
    const operation = await this.#calls.begin();
    // One that has expired may have done so by the clock of this server alone.
    const sessions = keys.flatMap(({ state }) =>
      state.is === 'live' || state.is === 'expired' ? [state.session] : [],
    );
    await Promise.all(sessions.map((session) => deleteGraceCopies(this.#options, operation, session)));
    const present = keys.filter(({ state }) => state.is !== 'none');
    await Promise.all(present.map(({ key }) => new RecordRef(this.#options, operation, key).delete(reason)));
    await Promise.all(present.map(({ key, state }) => this.entries.remove(key, otherEntries(state, user))));
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
    return belongsTo(state.session, claim, this.#options) ? state : { is: 'none' };
  }
}

/** Returns the entries that a record claims in the indices of other users. */
function otherEntries(state: RecordState, user: string): SessionEntry[] {
  return 'session' in state ? state.session.entries.filter((entry) => entry.user !== user) : [];
}
