import { Deadline } from '../gateway/deadline.js';
import { beginOperation, type Operation } from '../gateway/operation.js';
import type { RequestContext } from '../gateway/request-context.js';
import { StoreCall } from '../gateway/store-call.js';
import { revocationConflict } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import type { Session } from '../record/record.js';
import type { IndexedSession } from '../store-contract/store.js';
import { userIndexOf } from '../store-contract/user-index.js';
import { deleteGraceCopies } from './grace.js';
import { RecordRef } from './record-ref.js';
import { fromRecord } from './session-record.js';

/** What an entry of a user's index leads to. Entries that lead to nothing have none. */
export type UserEntry =
  | { readonly is: 'live'; readonly key: string; readonly session: Session }
  /** It has expired, or is a grace copy: nothing to show, and still to delete. */
  | { readonly is: 'over'; readonly key: string }
  /** This server cannot read its record. Others may, so it counts as a session. */
  | { readonly is: 'unreadable'; readonly key: string };

/** What the index of a user holds. */
export interface UserEntries {
  /** The keys of all entries, those that lead to nothing included. */
  readonly keys: readonly string[];
  readonly records: readonly UserEntry[];
}

/** What a round of revoking did. */
export interface RevokeResult {
  /** Those whose records are deleted. */
  readonly revoked: readonly UserEntry[];
  /** The errors of those that could not be deleted. */
  readonly failures: readonly unknown[];
}

/** Chooses which of a user's sessions to revoke. */
type Choose = (records: readonly UserEntry[]) => readonly UserEntry[] | Promise<readonly UserEntry[]>;

/** How many records are deleted at once. */
const BATCH = 100;

/** How often the list is read at most. */
const MAX_ROUNDS = 10;

/**
 * Which sessions are whose, by the store's index of each user. Index and records may be on different servers, so there is no
 * transaction over both. The index may name sessions that are gone, and misses none, whatever fails in which order:
 *
 * - Added, and the record never written: the entry leads to nothing until it ends.
 * - Not added: the record is not written either. So nobody is signed in whom nobody can sign out.
 * - The record deleted, and the entry left: as the first.
 * - The user of a session changed: it is in the new user's index before its record says so. It stays in the old user's index,
 *   whose list leaves it out because of what the record says.
 * - A session that is used on and on: it ends with its entry (`record/expiry`).
 * - Moved to a new ID while the list was read: it was added before it moved, so `settle` lists until a list has no new entry.
 * - An entry is removed only when its record is known to be deleted. IDs are never used again.
 */
export class SessionIndex {
  readonly context: RequestContext;
  readonly #options: ResolvedOptions;

  constructor(options: ResolvedOptions, context: RequestContext) {
    this.context = context;
    this.#options = options;
  }

  /** Adds a session whose record is about to be written. Returns false if there is no index. */
  async add({ operation, key }: RecordRef, { user, indexedUntil }: Session): Promise<boolean> {
    const { store } = operation.open;
    // A process without the option keeps the index of the others up to date, if its store has one.
    const index = this.#options.user ? userIndexOf(store) : store.users;
    if (!index || user === null || indexedUntil === null) return false;
    const call = new StoreCall(operation, 'index', { key: user });
    await call.run((_, options) => index.add(user, key, indexedUntil, options));
    call.end({ outcome: 'ok' });
    return true;
  }

  /** Removes sessions whose records are deleted. A failure leaves entries that lead to nothing. */
  async remove(user: string, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    try {
      const operation = await this.#begin();
      if (!operation.open.store.users) return;
      const call = new StoreCall(operation, 'unindex', { key: user });
      await call.run(({ users }, options) => users?.remove(user, keys, options));
      call.end({ outcome: 'ok' });
    } catch {
      // The next list finds no record for them.
    }
  }

  /** Returns the user's sessions, with those that have expired and with grace copies. */
  async list(user: string): Promise<UserEntries> {
    const operation = await this.#begin();
    const index = userIndexOf(operation.open.store);
    const call = new StoreCall(operation, 'list', { key: user });
    const entries = await call.run((_, options) => index.list(user, options));
    call.end({ outcome: 'ok' });
    const records = entries.flatMap((entry) => this.#toUserEntry(operation, entry, user) ?? []);
    return { keys: entries.map(({ id }) => id), records };
  }

  /**
   * Revokes the sessions that `choose` picks, and lists again, until a list has nothing to revoke and no new entry. A session
   * that moved to a new ID while one list was read is in the next.
   *
   * @throws ERR_SESSION_CONFLICT if that takes too many rounds.
   */
  async *settle(user: string, choose: Choose): AsyncGenerator<RevokeResult> {
    const seen = new Set<string>();
    for (let round = 1; round <= MAX_ROUNDS; round++) {
      const { keys, records } = await this.list(user);
      const chosen = await choose(records);
      if (chosen.length > 0) yield await this.#revoke(user, chosen);
      else if (round === MAX_ROUNDS || keys.every((key) => seen.has(key))) return;
      for (const key of keys) seen.add(key);
    }
    throw revocationConflict();
  }

  /** Deletes sessions and their grace copies. If one cannot be deleted, the others are deleted all the same. */
  async #revoke(user: string, entries: readonly UserEntry[]): Promise<RevokeResult> {
    const revoked: UserEntry[] = [];
    const failures: unknown[] = [];
    const revokeOne = (entry: UserEntry) =>
      this.#revokeOne(entry).then(
        () => revoked.push(entry),
        (error) => failures.push(error),
      );
    for (let start = 0; start < entries.length; start += BATCH) {
      await Promise.all(entries.slice(start, start + BATCH).map(revokeOne));
    }
    await this.remove(
      user,
      revoked.map(({ key }) => key),
    );
    return { revoked, failures };
  }

  /** Deletes whatever the version is, or a session that is written constantly could never be revoked. */
  async #revokeOne(entry: UserEntry): Promise<void> {
    const operation = await this.#begin();
    if (entry.is === 'live') await deleteGraceCopies(this.#options, operation, entry.session);
    await new RecordRef(this.#options, operation, entry.key).delete('revoked');
    if (entry.is !== 'over') this.context.telemetry.record({ type: 'destroyed', reason: 'revoked' });
  }

  #toUserEntry(operation: Operation, entry: IndexedSession<object>, user: string): UserEntry | null {
    const { id: key, unreadable } = entry;
    if (unreadable) return { is: 'unreadable', key };
    const state = fromRecord(entry, key, this.#options, operation);
    if (state.is === 'none') return null;
    if (state.is === 'unreadable') return { is: 'unreadable', key };
    // It is another user's now, and in the index of that user.
    if (state.session.user !== user) return null;
    return state.is === 'live' ? { is: 'live', key, session: state.session } : { is: 'over', key };
  }

  /** Each call has its own deadline, because a user may have many sessions. */
  async #begin(): Promise<Operation> {
    return beginOperation(this.context, new Deadline(this.#options.storeTimeoutMs));
  }
}
