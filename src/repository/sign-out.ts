import type { RejectReason } from '../events/session-event.js';
import { UnknownOutcome, unconfirmed } from '../gateway/store-failures.js';
import type { ResolvedOptions } from '../options/options.js';
import type { Session, SessionEntry } from '../record/record.js';
import { deleteGraceCopies } from './grace.js';
import { keysOfUser } from './index-entry.js';
import type { SessionIndex } from './session-index.js';
import type { LiveSession, MaybeId, SessionRef, StoredSession } from './session-ref.js';

/** What a sign-out deleted; `unknown` if the read failed. */
export type Deleted = StoredSession['is'] | 'none' | 'unknown';

/** Why a record is rejected that a sign-out leaves. It may be of another session than the visitor's. */
const LEFT: readonly RejectReason[] = ['later_format', 'other_name'];

/** The end of a session by its visitor. */
export class SignOut {
  readonly #options: ResolvedOptions;
  readonly #index: SessionIndex;
  readonly #ref: SessionRef<MaybeId>;

  constructor(options: ResolvedOptions, index: SessionIndex, ref: SessionRef<MaybeId>) {
    this.#options = options;
    this.#index = index;
    this.#ref = ref;
  }

  /**
   * Deletes the session, whatever its version, and its grace copies. With compare and swap it does not wait for other writers:
   * each of them notices.
   *
   * @param known the request's copy. Without one it reads the session itself: what the request found none of may be there by now,
   * or be a record that nobody can use.
   */
  run(known: StoredSession<MaybeId> | undefined): Promise<Deleted> {
    return this.#ref.undisturbed(() => this.#run(known));
  }

  async #run(known: StoredSession<MaybeId> | undefined): Promise<Deleted> {
    const ref = this.#ref;
    const found = known ?? (await this.#find());
    if (found === null) return 'none';
    if (found === 'unusable') {
      // It was no session, so none has ended.
      await ref.delete();
      return 'none';
    }
    if (found?.is === 'live') {
      if (await this.#deleteLive(found)) return 'live';
      // It has changed, and may have moved to a new ID. Or the driver sent the deletion twice.
      const current = await ref.read().catch(unsure);
      await ref.delete(current?.is === 'superseded' ? undefined : 'signed_out');
      return current?.is ?? 'none';
    }
    await ref.delete(found ? undefined : 'signed_out');
    return found?.is ?? 'unknown';
  }

  /**
   * Returns the session; null if it does not exist; undefined if the read failed. A sign-out deletes an unusable record, since
   * another process may read it, such as one with another encryption key. It leaves one of a later format or of another name.
   */
  async #find(): Promise<StoredSession<MaybeId> | 'unusable' | null | undefined> {
    const found = await this.#ref.load().catch(() => undefined);
    if (found?.state.is !== 'rejected') return found && this.#ref.toSession(found);
    return LEFT.includes(found.state.reason) ? null : 'unusable';
  }

  /** Returns false if the session is still there, because another request has changed it. */
  async #deleteLive(live: LiveSession<MaybeId>): Promise<boolean> {
    const ref = this.#ref;
    const { session, version } = live;
    const { entries } = session;
    const ended = await this.#endEntry(session, entries[0]);
    if (ended.isEnded) return true;
    const isDeleted = await deleteGraceCopies(this.#options, ref.operation, session)
      .then(() => ref.deleteIfVersion(version, 'signed_out'))
      .catch((error) => {
        // The index may have ended the session all the same.
        if (ended.isAsked) unsure(error);
        throw error;
      });
    // A revocation that finds no record leaves the key: it could be of a record that is on its way.
    if (isDeleted) await this.#index.entries.remove(ref.key, entries);
    // Another ID of the session may still be signed in.
    if (ended.failures.length > 0) throw ended.failures[0];
    return isDeleted;
  }

  /**
   * Ends a session under all its IDs, a new one on its way included. One entry is enough, since a new ID needs all. It does nothing
   * if the index does not have it under this key: records are hostile, and one may claim the entry of another session. If the
   * index fails, the record can be deleted all the same.
   *
   * @returns `isAsked`: the index was told to end it, and may have done so, whatever came of that.
   */
  async #endEntry(
    session: Session,
    entry: SessionEntry | undefined,
  ): Promise<{ isAsked: boolean; isEnded: boolean; failures: readonly unknown[] }> {
    const ref = this.#ref;
    let isAsked = false;
    let isEnded = false;
    const failures: unknown[] = [];
    if (!entry) return { isAsked, isEnded, failures };
    const { user, id } = entry;
    try {
      const held = await this.#index.entries.held(ref, [entry]);
      if (held.length === 0) return { isAsked, isEnded, failures };
      isAsked = true;
      const users = keysOfUser(session, user, this.#options);
      for await (const result of this.#index.revokeInAll(users, { only: [id] }, 'signed_out')) {
        failures.push(...result.failures);
        isEnded ||= result.revoked.some(({ keys }) =>
          keys.some((found) => found.key === ref.key && found.state.is !== 'none'),
        );
      }
    } catch {
      // The index does not answer, or this process has none.
    }
    return { isAsked, isEnded, failures };
  }
}

/** Throws the error of a call that came after one which may have ended the session. */
function unsure(error: unknown): never {
  throw error instanceof UnknownOutcome ? error : unconfirmed(error);
}
