import { UnknownOutcome, unconfirmed } from '../gateway/store-failures.js';
import { EntryRefused, sessionGone } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import { BLANK, type Session, type SessionEntry } from '../record/record.js';
import { deleteGraceCopies } from './grace.js';
import { isAmong } from './index-entry.js';
import type { RecordRef } from './record-ref.js';
import type { SessionEntries } from './session-entries.js';
import type { SessionLimit } from './session-limit.js';
import type { LiveSession, MaybeId, SessionRef } from './session-ref.js';
import { refuseTooLarge } from './size-limit.js';

/** Sends the ID of a new session to the visitor. If it throws, the session is deleted. */
export type Announce = (live: LiveSession) => void;

/** Writes sessions to the store, and keeps the indices of their users up to date. */
export class SessionWriter {
  readonly #options: ResolvedOptions;
  readonly #entries: SessionEntries;
  readonly #limit: SessionLimit;

  constructor(options: ResolvedOptions, entries: SessionEntries, limit: SessionLimit) {
    this.#options = options;
    this.#entries = entries;
    this.#limit = limit;
  }

  /** Writes a session over what is known of it. Indexes it first where its key or an entry is new. */
  write<Id extends MaybeId>(
    ref: SessionRef<Id>,
    known: LiveSession<Id> | null,
    session: Session,
    from?: LiveSession,
  ): Promise<LiveSession<Id> | null> {
    refuseTooLarge(ref, session, known ?? from, this.#options);
    const { entries: indexed } = known?.session ?? BLANK;
    const added = session.entries.filter((entry) => !isAmong(entry, indexed));
    const isIndexed = added.length === 0;
    // Of several users of a session, another one may become its own.
    if (isIndexed && session.entries[0]?.user === indexed[0]?.user)
      return this.#writeRecord(ref, known, session);
    // Without an index here, a process that has one indexes the session when it reads it.
    if (!isIndexed && !this.#entries.areKept(ref))
      return this.#writeRecord(ref, known, { ...session, entries: [] });
    const signIn = { session, before: (known ?? from)?.session, isNew: known === null };
    return this.#limit.keep(ref, signIn, () =>
      isIndexed
        ? this.#writeRecord(ref, known, session)
        : this.#writeIndexed(ref, known, session, added, from),
    );
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
   * Adds the session to the indices that do not have it, writes it, and asks whether they still have it.
   *
   * @throws EntryRefused if an index does not take it, ERR_SESSION_GONE if it was revoked after that.
   */
  async #writeIndexed<Id extends MaybeId>(
    ref: SessionRef<Id>,
    known: LiveSession<Id> | null,
    session: Session,
    added: readonly SessionEntry[],
    from: LiveSession | undefined,
  ): Promise<LiveSession<Id> | null> {
    const taken = await this.#entries.add(ref, added, from);
    if (taken.length < added.length) {
      // Nobody else writes under a new key.
      if (!known) await this.#entries.remove(ref.key, taken);
      throw new EntryRefused();
    }
    const live = await this.#writeRecord(ref, known, session, false);
    if (!live || (await this.#isIndexed(ref, known, session, added))) return live;
    await ref.delete('revoked');
    await deleteGraceCopies(this.#options, ref.operation, session);
    await this.unindex(ref, session);
    throw sessionGone();
  }

  /** Writes the record. Drops a new one that may be there or not: nobody has learned its ID. */
  #writeRecord<Id extends MaybeId>(
    ref: SessionRef<Id>,
    known: LiveSession<Id> | null,
    session: Session,
    isReadAgain = known !== null,
  ): Promise<LiveSession<Id> | null> {
    if (known) return ref.write(known.version, session, isReadAgain);
    return ref.write(null, session, isReadAgain).catch(async (error) => {
      if (error instanceof UnknownOutcome) await this.drop(ref, session);
      throw error;
    });
  }

  /** Asks whether the indices still have a session that was just written. Drops a new one if they do not answer. */
  async #isIndexed(
    ref: SessionRef<MaybeId>,
    known: LiveSession<MaybeId> | null,
    session: Session,
    added: readonly SessionEntry[],
  ): Promise<boolean> {
    try {
      return (await this.#entries.held(ref, added)).length === added.length;
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
  unindex({ key }: RecordRef, { entries }: Session): Promise<void> {
    return this.#entries.remove(key, entries);
  }
}
