import { Deadline } from '../gateway/deadline.js';
import { beginOperation } from '../gateway/operation.js';
import type { RequestContext } from '../gateway/request-context.js';
import { UnknownOutcome, unconfirmed } from '../gateway/store-failures.js';
import { SessionError } from '../lib/errors.js';
import { type MaybePromise, mapMaybe } from '../lib/maybe-promise.js';
import { isGone, sessionGone } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import { isStale, MAX_LIFETIME_S, slide } from '../record/expiry.js';
import { type GraceCopy, mayRemain } from '../record/grace-copy.js';
import { newNonce } from '../record/nonce.js';
import { BLANK, type Session, type SessionEntry } from '../record/record.js';
import { newSessionId } from '../record/session-id.js';
import { applyChange, type Change } from './change.js';
import { deleteGraceCopies, graceCopyOf } from './grace.js';
import { entryOf, isEntryDue, isSameEntry } from './index-entry.js';
import { writeOptimistically } from './optimistic-write.js';
import { SessionIndex } from './session-index.js';
import { type LiveSession, SessionRef, type StoredSession } from './session-ref.js';
import { UnsettledMove } from './unsettled-move.js';

/** What `delete` deleted; `unknown` if it did not look. */
export type Deleted = StoredSession['is'] | 'none' | 'unknown';

const MAX_NEW_IDS = 3;

/**
 * The sessions of one request, by ID, over any store. What it returns is checked and alive. What it writes loses no update of
 * another request and brings back no session that has ended.
 */
export class SessionRepository {
  readonly context: RequestContext;
  readonly #options: ResolvedOptions;
  readonly #index: SessionIndex;

  constructor(options: ResolvedOptions, context: RequestContext) {
    this.context = context;
    this.#options = options;
    this.#index = new SessionIndex(options, context);
  }

  /** The longest `maxAge` that a session may have, in seconds. The session of a user ends with its entry in the index. */
  get longestLifetime(): number {
    const { user, expiry } = this.#options;
    return user && expiry.absoluteMs !== null ? expiry.absoluteMs / 1000 : MAX_LIFETIME_S;
  }

  /** Returns the session of an ID, or null. Slides its idle timeout if the timer is stale. */
  find(id: string): Promise<StoredSession | null> {
    return mapMaybe(this.#refTo(id), (ref) =>
      ref.read().then((found) => (found?.is === 'live' ? this.#renewOnRead(ref, found) : found)),
    );
  }

  /** Creates a session with a new ID. */
  create(change: Change): Promise<LiveSession> {
    return this.#insert((key) => this.#renew(BLANK, change, key));
  }

  /** Changes a session, on top of what others wrote meanwhile. See `writeOptimistically`. */
  change(id: string, known: LiveSession | undefined, change: Change): Promise<StoredSession | null> {
    return mapMaybe(this.#refTo(id), (ref) => this.#change(ref, known, change));
  }

  /**
   * Moves the session to a new ID, through `change`. Before anyone learns the new ID, the old record is deleted or replaced by
   * a grace copy.
   *
   * @param hasGrace whether a grace copy may be left.
   * @throws UnsettledMove if the session has its new ID and nobody knows what became of the old record.
   */
  async replace(
    id: string,
    known: LiveSession | undefined,
    change: Change,
    hasGrace: boolean,
  ): Promise<StoredSession | null> {
    const ref = await this.#refTo(id);
    return writeOptimistically(ref, known, async (live) => {
      let copy: GraceCopy | null = null;
      const successor = await this.#insert(
        (key) => {
          const next = this.#renew(live.session, change, key);
          copy = hasGrace ? graceCopyOf(ref, live, next, this.#options.graceMs) : null;
          return copy ? { ...next, graceCopies: [...next.graceCopies, copy] } : next;
        },
        live,
        ref.operation.deadline,
      );
      const isRetired = await this.#retire(ref, live, successor, copy);
      return isRetired ? successor : { is: 'rejected', nonce: null };
    });
  }

  /** Slides the idle timeout, through `change` of the dates. */
  async touch(live: LiveSession, change: Change): Promise<StoredSession> {
    return this.#touch(await this.#refTo(live.id), live, change);
  }

  /**
   * Deletes the session, whatever its version, and its grace copies. With compare and swap it does not wait for other writers:
   * each of them notices.
   *
   * @param known the request's copy; null if there is no session, undefined if the request did not read it.
   */
  async delete(id: string, known: StoredSession | null | undefined): Promise<Deleted> {
    if (known === null) return 'none';
    const ref = await this.#refTo(id);
    return ref.isAtomic ? this.#delete(ref, known) : ref.exclusively(() => this.#delete(ref, known));
  }

  async #delete(ref: SessionRef, known: StoredSession | undefined): Promise<Deleted> {
    // A record that cannot be read can be deleted all the same.
    const found = known ?? (await ref.read().catch(() => undefined));
    if (found === null) return 'none';
    if (found?.is === 'live') {
      if (await this.#deleteLive(ref, found)) return 'live';
      // It has changed, and may have moved to a new ID.
      const current = await ref.read();
      if (current?.is === 'live') await deleteGraceCopies(this.#options, ref.operation, current.session);
      await ref.delete(current?.is === 'superseded' ? undefined : 'signed_out');
      return current?.is ?? 'none';
    }
    await ref.delete(found ? undefined : 'signed_out');
    return found?.is ?? 'unknown';
  }

  /** Returns false if the session is still there, because another request has changed it. */
  async #deleteLive(ref: SessionRef, { session, version }: LiveSession): Promise<boolean> {
    const { entry } = session;
    // If the index fails, the record can be deleted all the same.
    if (entry && this.#index.has(ref) && (await this.#endEntry(ref, entry).catch(() => false))) return true;
    await deleteGraceCopies(this.#options, ref.operation, session);
    return ref.deleteIfVersion(version, 'signed_out');
  }

  /** Ends a session of a user under all its IDs, a new one on its way included. Returns false if the index does not have it. */
  async #endEntry({ key }: SessionRef, { user, id }: SessionEntry): Promise<boolean> {
    let isEnded = false;
    for await (const { revoked, failures } of this.#index.revoke(user, { only: [id] }, 'signed_out')) {
      if (failures.length > 0) throw failures[0];
      isEnded ||= revoked.some(({ keys }) =>
        keys.some((found) => found.key === key && found.state.is !== 'none'),
      );
    }
    return isEnded;
  }

  /**
   * Writes a new session under an ID that nobody has.
   *
   * @param make makes it, for its key.
   * @param from the session that moves to the new ID.
   */
  async #insert(
    make: (key: string) => Session,
    from?: LiveSession,
    deadline?: Deadline,
  ): Promise<LiveSession> {
    for (let attempt = 0; attempt < MAX_NEW_IDS; attempt++) {
      const ref = await this.#refTo(await newSessionId(this.#options.genid), deadline);
      const live = await this.#write(ref, null, make(ref.key), from);
      if (live) return live;
    }
    throw new SessionError(
      'ERR_SESSION_ID',
      'The genid option returned IDs that are in use. Return unguessable ones, of at least 128 random bits.',
    );
  }

  /**
   * Deletes the record of a session that has moved on, or leaves a grace copy in its place. Returns false, and deletes the
   * successor, if the session has changed meanwhile.
   *
   * @throws UnsettledMove if nobody knows which of the two it is. The successor stays then.
   */
  async #retire(
    ref: SessionRef,
    live: LiveSession,
    successor: LiveSession,
    copy: GraceCopy | null,
  ): Promise<boolean> {
    let isRetired: boolean;
    try {
      isRetired = await (copy ? ref.supersede(live, copy.until) : ref.retire(live));
    } catch (error) {
      if (error instanceof UnknownOutcome) throw new UnsettledMove(successor, error);
      await this.#drop(this.#refAt(ref, successor.id), successor.session);
      throw error;
    }
    if (isRetired) await this.#unindex(ref, live.session);
    else await this.#drop(this.#refAt(ref, successor.id), successor.session);
    return isRetired;
  }

  /** Deletes a session whose ID nobody has learned. */
  async #drop(ref: SessionRef, session: Session): Promise<void> {
    if (await ref.tryDelete()) await this.#unindex(ref, session);
  }

  /** Removes the key of a record that is deleted. */
  async #unindex({ key }: SessionRef, { entry }: Session): Promise<void> {
    if (entry) await this.#index.remove(entry.user, [{ entry: entry.id, key }]);
  }

  /** Slides a stale idle timer. Writes a record that lacks its index entry or its date of creation. */
  #renewOnRead(ref: SessionRef, live: LiveSession): MaybePromise<StoredSession | null> {
    const { users } = ref.store;
    const now = this.context.clock.now();
    // Without compare and swap, this write could overwrite one of another process: only where the date counts.
    const isStamping = ref.isAtomic || this.#options.expiry.absoluteMs !== null;
    const isDue = (session: Session) =>
      (isStamping && session.createdAt === null) ||
      (users !== undefined && isEntryDue(session, this.#options));
    const isIdle = (session: Session) => isStale(session, this.#options.expiry, now);
    const renewIf = (is: typeof isDue) => (session: Session) => (is(session) ? { ...session } : session);
    // The session was read and is alive. A failed write must not fail the page.
    const unlessGone = (error: unknown) => (isGone(error) ? null : live);
    if (isDue(live.session)) return this.#change(ref, live, renewIf(isDue)).catch(unlessGone);
    if (!isIdle(live.session)) return live;
    if (!ref.isAtomic) return this.#touch(ref, live, renewIf(isIdle)).catch(unlessGone);
    const slid = { ...slide(live.session, this.#options.expiry, now), nonce: newNonce() };
    // If another request was faster, it has slid the session.
    return ref.write(live.version, slid).then((written) => written ?? live, unlessGone);
  }

  #change(ref: SessionRef, known: LiveSession | undefined, change: Change): Promise<StoredSession | null> {
    return writeOptimistically(ref, known, (live) => {
      const next = this.#renew(live.session, change, ref.key);
      if (next === live.session) return live;
      return this.#write(ref, live, next).then((written) => written ?? { is: 'rejected', nonce: next.nonce });
    });
  }

  async #touch(ref: SessionRef, live: LiveSession, change: Change): Promise<StoredSession> {
    const next = this.#renew(live.session, change, ref.key);
    if (ref.slidesByTouch && isSlideOnly(live.session, next)) return ref.touch(live, next);
    return (await this.#change(ref, live, change)) ?? live;
  }

  /** Applies a change. Every write counts as use of the session. */
  #renew(session: Session, change: Change, key: string): Session {
    const next = applyChange(session, change, this.#options);
    if (next === session) return session;
    const now = this.context.clock.now();
    const entry = entryOf(next, this.#options, key, now);
    const graceCopies = next.graceCopies.filter((copy) => mayRemain(copy, now));
    return { ...slide({ ...next, entry }, this.#options.expiry, now), graceCopies, nonce: newNonce() };
  }

  /** Writes a session over what is known of it. Indexes it first if its key or its entry is new. */
  #write(
    ref: SessionRef,
    known: LiveSession | null,
    session: Session,
    from?: LiveSession,
  ): Promise<LiveSession | null> {
    const { entry } = session;
    const isIndexed = entry === null || (known !== null && isSameEntry(entry, known.session.entry));
    if (isIndexed) return this.#writeRecord(ref, known, session);
    // Without an index here, a process that has one indexes the session when it reads it.
    if (!this.#index.has(ref)) return this.#writeRecord(ref, known, { ...session, entry: null });
    return this.#writeIndexed(ref, known, { ...session, entry }, from);
  }

  /**
   * Adds the session to the index of its user, writes it, and asks whether the index still has it.
   *
   * @throws ERR_SESSION_GONE if it was revoked meanwhile.
   */
  async #writeIndexed(
    ref: SessionRef,
    known: LiveSession | null,
    session: Session & { entry: SessionEntry },
    from: LiveSession | undefined,
  ): Promise<LiveSession | null> {
    const { entry } = session;
    const isMoved = from && isSameEntry(entry, from.session.entry);
    if (!(await this.#index.add(ref, entry, isMoved ? from.key : undefined))) throw sessionGone();
    const live = await this.#writeRecord(ref, known, session, false);
    if (!live || (await this.#isIndexed(ref, known, session))) return live;
    await ref.delete('revoked');
    throw sessionGone();
  }

  /** Writes the record. Drops a new one that may be there or not: nobody has learned its ID. */
  async #writeRecord(
    ref: SessionRef,
    known: LiveSession | null,
    session: Session,
    isReadAgain = known !== null,
  ): Promise<LiveSession | null> {
    try {
      return await ref.write(known?.version ?? null, session, isReadAgain);
    } catch (error) {
      if (!known && error instanceof UnknownOutcome) await this.#drop(ref, session);
      throw error;
    }
  }

  /** Asks whether the index still has a session that was just written. Drops a new one if the index does not answer. */
  async #isIndexed(
    ref: SessionRef,
    known: LiveSession | null,
    session: Session & { entry: SessionEntry },
  ): Promise<boolean> {
    try {
      return await this.#index.holds(ref, session.entry);
    } catch (error) {
      if (known) throw unconfirmed(error);
      await this.#drop(ref, session);
      throw error;
    }
  }

  #refTo(id: string, deadline = new Deadline(this.#options.storeTimeoutMs)): MaybePromise<SessionRef> {
    return mapMaybe(
      beginOperation(this.context, deadline),
      (operation) => new SessionRef(this.#options, operation, id),
    );
  }

  /** Returns the place of another session, in the same operation. */
  #refAt({ operation }: SessionRef, id: string): SessionRef {
    return new SessionRef(this.#options, operation, id);
  }
}

/**
 * Returns whether `touch` of the store does what a write would. The date of the cookie is not worth a write, which could
 * overwrite another request's.
 */
function isSlideOnly(session: Session, next: Session): boolean {
  return session.maxAge === next.maxAge && isSameEntry(session.entry, next.entry);
}
