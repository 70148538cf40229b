import { Deadline } from '../gateway/deadline.js';
import { beginOperation, type Operation } from '../gateway/operation.js';
import type { RequestContext } from '../gateway/request-context.js';
import { StoreCall } from '../gateway/store-call.js';
import { revocationConflict } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import { readRecord } from '../record/read-record.js';
import type { Session } from '../record/record.js';
import type { IndexedSession } from '../store-contract/store.js';
import { userIndexOf } from '../store-contract/user-index.js';
import { deleteGraceCopies } from './grace.js';
import { RecordRef } from './record-ref.js';

/** What an entry of a user's index leads to. */
export type UserEntry =
  | { readonly is: 'live'; readonly key: string; readonly session: Session }
  /** Its time is over, or it is what is left under an old ID: nothing to show, and still to be deleted. */
  | { readonly is: 'over'; readonly key: string }
  /** This server cannot read its record. It may be a session to others. */
  | { readonly is: 'unreadable'; readonly key: string };

/** What the index of a user holds. */
export interface UserEntries {
  /** The keys of all entries, those that lead to nothing included. */
  readonly keys: readonly string[];
  readonly records: readonly UserEntry[];
}

/** What came of revoking sessions. */
export interface RevokeResult {
  /** Those whose records are gone. */
  readonly revoked: readonly UserEntry[];
  /** Why some could not be deleted. */
  readonly failures: readonly unknown[];
}

/** Chooses which of a user's sessions are to end. */
type Choose = (records: readonly UserEntry[]) => readonly UserEntry[] | Promise<readonly UserEntry[]>;

/** How many records are deleted at once. */
const BATCH = 100;

/** How often the list is read, until it holds nothing new. */
const MAX_ROUNDS = 10;

/**
 * Which sessions are whose, by the store's index of each user. Index and records may lie on different servers, so there
 * is no transaction over both. The index may name sessions that are gone, and misses none, whatever fails in whichever
 * order:
 *
 * - Added, and the record never written: the entry leads to nothing, until its time is over.
 * - Not added: the record is not written either, so nobody is signed in who cannot be signed out.
 * - A record deleted, and its entry left: as the first.
 * - A session's user changed: it is in the new user's index before its record says so, and stays in the old one's, whose
 *   list leaves it out by what its record says.
 * - Used for longer than its entry lasts: a read adds it again, long before (`index-entry`). If that fails until the entry
 *   might be gone, the session is over (`expiry`).
 * - Moved to a new ID while the list was read: it was added before it moved, so `settle` lists until a list holds nothing
 *   new.
 * - An entry is removed only when its record is known to be gone: IDs are never used again.
 */
export class SessionIndex {
  readonly context: RequestContext;
  readonly #options: ResolvedOptions;

  constructor(options: ResolvedOptions, context: RequestContext) {
    this.context = context;
    this.#options = options;
  }

  /** Adds a session whose record is about to be written. Returns false where there is no index. */
  async add({ operation, key }: RecordRef, { user, indexedUntil }: Session): Promise<boolean> {
    const { store } = operation.open;
    // A process without the option keeps the index of the others, where the store has one.
    const index = this.#options.user ? userIndexOf(store) : store.users;
    if (!index || user === null || indexedUntil === null) return false;
    const call = new StoreCall(operation, 'index', { key: user });
    await call.run((_, options) => index.add(user, key, indexedUntil, options));
    call.end({ outcome: 'ok' });
    return true;
  }

  /** Removes sessions whose records are gone. A failure leaves entries that lead to nothing. */
  async remove(operation: Operation, user: string, keys: readonly string[]): Promise<void> {
    const index = operation.open.store.users;
    if (!index || keys.length === 0) return;
    const call = new StoreCall(this.#own(operation), 'unindex', { key: user });
    await call
      .run((_, options) => index.remove(user, keys, options))
      .then(
        () => call.end({ outcome: 'ok' }),
        () => {},
      );
  }

  /** The user's sessions, with those that are over and what is left of those that moved on. */
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
   * Revokes the sessions that `choose` picks, and lists again, until a list holds nothing to revoke and no entry that is
   * new: what moved to a new ID while one list was read is in the next.
   *
   * @throws ERR_SESSION_CONFLICT when that takes too many rounds.
   */
  async *settle(user: string, choose: Choose): AsyncGenerator<RevokeResult> {
    const seen = new Set<string>();
    for (let round = 1; round <= MAX_ROUNDS; round++) {
      const { keys, records } = await this.list(user);
      const chosen = await choose(records);
      if (chosen.length > 0) yield await this.revoke(user, chosen);
      else if (round === MAX_ROUNDS || keys.every((key) => seen.has(key))) return;
      for (const key of keys) seen.add(key);
    }
    throw revocationConflict();
  }

  /** Deletes sessions, and the copies under their old IDs. When some cannot be deleted, the others are all the same. */
  async revoke(user: string, records: readonly UserEntry[]): Promise<RevokeResult> {
    const operation = await this.#begin();
    const revoked: UserEntry[] = [];
    const failures: unknown[] = [];
    const revokeOne = async (record: UserEntry) => {
      try {
        await this.#revoke(this.#own(operation), record);
        revoked.push(record);
      } catch (error) {
        failures.push(error);
      }
    };
    for (let start = 0; start < records.length; start += BATCH) {
      await Promise.all(records.slice(start, start + BATCH).map(revokeOne));
    }
    await this.remove(
      operation,
      user,
      revoked.map(({ key }) => key),
    );
    return { revoked, failures };
  }

  /** Deletes without a version check, or a session that is written constantly could never be revoked. */
  async #revoke(operation: Operation, record: UserEntry): Promise<void> {
    if (record.is === 'live') await deleteGraceCopies(this.#options, operation, record.session);
    await new RecordRef(this.#options, operation, record.key).delete('revoked');
    if (record.is !== 'over') this.context.telemetry.record({ type: 'destroyed', reason: 'revoked' });
  }

  #toUserEntry(
    { open }: Operation,
    { id: key, record, unreadable, leftMs }: IndexedSession<object>,
    user: string,
  ): UserEntry | null {
    if (unreadable) return { is: 'unreadable', key };
    const state = readRecord(record, {
      key,
      policy: this.#options.expiry,
      now: this.context.clock.now(),
      keeper: open.store.expiry ?? 'record',
      leftMs,
    });
    if (state.is === 'none') return null;
    if (state.is === 'unreadable') return { is: 'unreadable', key };
    // Changed to another user meanwhile, whose index has it too.
    if (state.session.user !== user) return null;
    return state.is === 'live' ? { is: 'live', key, session: state.session } : { is: 'over', key };
  }

  /** The same operation with a deadline of its own for each call: a user may have many sessions. */
  #own(operation: Operation): Operation {
    return { ...operation, deadline: this.#deadline() };
  }

  async #begin(): Promise<Operation> {
    return beginOperation(this.context, this.#deadline());
  }

  #deadline(): Deadline {
    return new Deadline(this.#options.storeTimeoutMs);
  }
}
