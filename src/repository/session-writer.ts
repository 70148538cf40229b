import { UnknownOutcome, unconfirmed } from '../gateway/store-failures.js';
import { EntryRefused, sessionGone } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import type { Session, SessionEntry } from '../record/record.js';
import { deleteGraceCopies } from './grace.js';
import { isSameEntry } from './index-entry.js';
import type { RecordRef } from './record-ref.js';
import type { SessionIndex } from './session-index.js';
import type { LiveSession, MaybeId, SessionRef } from './session-ref.js';
import { refuseTooLarge } from './size-limit.js';

/** Sends the ID of a new session to the visitor. If it throws, the session is deleted. */
export type Announce = (live: LiveSession) => void;

/** Writes sessions to the store, and keeps the index of their users up to date. */
export class SessionWriter {
  readonly #options: ResolvedOptions;
  readonly #index: SessionIndex;

  constructor(options: ResolvedOptions, index: SessionIndex) {
    this.#options = options;
    this.#index = index;
  }

  /** Writes a session over what is known of it. Indexes it first if its key or its entry is new. */
  write<Id extends MaybeId>(
    ref: SessionRef<Id>,
    known: LiveSession<Id> | null,
    session: Session,
    from?: LiveSession,
  ): Promise<LiveSession<Id> | null> {
    const { entry } = session;
    refuseTooLarge(ref, session, known ?? from, this.#options);
    const isIndexed = entry === null || (known !== null && isSameEntry(entry, known.session.entry));
    if (isIndexed) return this.#writeRecord(ref, known, session);
    // Without an index here, a process that has one indexes the session when it reads it.
    if (!this.#index.has(ref)) return this.#writeRecord(ref, known, { ...session, entry: null });
    return this.#writeIndexed(ref, known, { ...session, entry }, from);
  }

  /** Writes a session under a new ID, and announces it. Returns null if the ID is in use. */
  async writeNew(
    ref: SessionRef,
    session: Session,
    announce: Announce,
    from?: LiveSession,
  ): Promise<LiveSession | null> {
    const live = await this.write(ref, null, session, from);
    try {
      if (live) announce(live);
      return live;
    } catch (error) {
      await this.drop(ref, session);
      throw error;
    }
  }

  /**
   * Adds the session to the index of its user, writes it, and asks whether the index still has it.
   *
   * @throws EntryRefused if the index does not take it, ERR_SESSION_GONE if it was revoked after that.
   */
  async #writeIndexed<Id extends MaybeId>(
    ref: SessionRef<Id>,
    known: LiveSession<Id> | null,
    session: Session & { entry: SessionEntry },
    from: LiveSession | undefined,
  ): Promise<LiveSession<Id> | null> {
    const { entry } = session;
    const isMoved = from && isSameEntry(entry, from.session.entry);
    if (!(await this.#index.add(ref, entry, isMoved ? from.key : undefined))) throw new EntryRefused();
    const live = await this.#writeRecord(ref, known, session, false);
    if (!live || (await this.#isIndexed(ref, known, session))) return live;
    await ref.delete('revoked');
    await deleteGraceCopies(this.#options, ref.operation, session);
    await this.unindex(ref, session);
    throw sessionGone();
  }

  /** Writes the record. Drops a new one that may be there or not: nobody has learned its ID. */
  async #writeRecord<Id extends MaybeId>(
    ref: SessionRef<Id>,
    known: LiveSession<Id> | null,
    session: Session,
    isReadAgain = known !== null,
  ): Promise<LiveSession<Id> | null> {
    try {
      return await ref.write(known?.version ?? null, session, isReadAgain);
    } catch (error) {
      if (!known && error instanceof UnknownOutcome) await this.drop(ref, session);
      throw error;
    }
  }

  /** Asks whether the index still has a session that was just written. Drops a new one if the index does not answer. */
  async #isIndexed(
    ref: SessionRef<MaybeId>,
    known: LiveSession<MaybeId> | null,
    session: Session & { entry: SessionEntry },
  ): Promise<boolean> {
    try {
      return await this.#index.holds(ref, session.entry);
    } catch (error) {
      if (known) throw unconfirmed(error);
      await this.drop(ref, session);
      throw error;
    }
  }

  /** Deletes a session whose ID nobody has learned. */
  async drop(ref: SessionRef<MaybeId>, session: Session): Promise<void> {
    if (await ref.tryDelete()) await this.unindex(ref, session);
  }

  /** Removes the key of a record that is deleted. */
  async unindex({ key }: RecordRef, { entry }: Session): Promise<void> {
    if (entry) await this.#index.remove(entry.user, [{ entry: entry.id, key }]);
  }
}
