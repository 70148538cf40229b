import { Deadline } from '../gateway/deadline.js';
import { beginOperation } from '../gateway/operation.js';
import type { RequestContext } from '../gateway/request-context.js';
import { UnknownOutcome } from '../gateway/store-failures.js';
import { SessionError } from '../lib/errors.js';
import { type MaybePromise, mapMaybe } from '../lib/maybe-promise.js';
import { EntryRefused, isGone } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import { isStale, MAX_LIFETIME_S, slide } from '../record/expiry.js';
import { type GraceCopy, mayRemain } from '../record/grace-copy.js';
import { newNonce } from '../record/nonce.js';
import { BLANK, type Session } from '../record/record.js';
import { newSessionId } from '../record/session-id.js';
import { applyChange, type Change, isSlideOnly } from './change.js';
import { deleteCopiesOfOldUser, deleteGraceCopies, graceCopyOf } from './grace.js';
import { entryOf, isEntryDue } from './index-entry.js';
import { type Attempt, writeOptimistically } from './optimistic-write.js';
import { SessionIndex } from './session-index.js';
import { type LiveSession, SessionRef, type StoredSession } from './session-ref.js';
import { type Announce, SessionWriter } from './session-writer.js';
import { type Deleted, SignOut } from './sign-out.js';
import { UnsettledMove } from './unsettled-move.js';

const MAX_NEW_IDS = 3;

/**
 * The sessions of one request, by ID, over any store. What it returns is checked and alive. What it writes loses no update of
 * another request and brings back no session that has ended.
 */
export class SessionRepository {
  readonly context: RequestContext;
  readonly #options: ResolvedOptions;
  readonly #index: SessionIndex;
  readonly #writer: SessionWriter;

  constructor(options: ResolvedOptions, context: RequestContext) {
    this.context = context;
    this.#options = options;
    this.#index = new SessionIndex(options, context);
    this.#writer = new SessionWriter(options, this.#index);
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
  create(change: Change, announce: Announce): Promise<LiveSession> {
    return this.#insert((key) => this.#renew(BLANK, change, key), announce);
  }

  /** Changes a session, on top of what others wrote meanwhile. See `writeOptimistically`. */
  change(id: string, known: LiveSession | undefined, change: Change): Promise<StoredSession | null> {
    return mapMaybe(this.#refTo(id), (ref) => this.#change(ref, known, change));
  }

  /**
   * Moves the session to a new ID, through `change`. Announces the new ID before the old record is deleted or replaced by a
   * grace copy.
   *
   * @param hasGrace whether a grace copy may be left.
   * @param announce may be called again, if another request was faster.
   * @throws UnsettledMove if the session has its new ID and nobody knows what became of the old record.
   */
  async replace(
    id: string,
    known: LiveSession | undefined,
    change: Change,
    hasGrace: boolean,
    announce: Announce,
  ): Promise<StoredSession | null> {
    const ref = await this.#refTo(id);
    return this.#writeUnlessRefused(ref, known, async (live) => {
      let copy: GraceCopy | null = null;
      const successor = await this.#insert(
        (key) => {
          const next = this.#renew(live.session, change, key);
          copy = hasGrace ? graceCopyOf(ref, live, next, this.#options.graceMs) : null;
          return copy ? { ...next, graceCopies: [...next.graceCopies, copy] } : next;
        },
        announce,
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
   * each of them notices. Deletes a record that nobody can use, too.
   *
   * @param known the request's copy, if it has one.
   */
  async delete(id: string, known: StoredSession | undefined): Promise<Deleted> {
    const ref = await this.#refTo(id);
    const signOut = new SignOut(this.#options, this.#index, ref);
    return ref.isAtomic ? signOut.run(known) : ref.exclusively(() => signOut.run(known));
  }

  /**
   * Writes a new session under an ID that nobody has.
   *
   * @param make makes it, for its key.
   * @param from the session that moves to the new ID.
   */
  async #insert(
    make: (key: string) => Session,
    announce: Announce,
    from?: LiveSession,
    deadline?: Deadline,
  ): Promise<LiveSession> {
    for (let attempt = 0; attempt < MAX_NEW_IDS; attempt++) {
      const ref = await this.#refTo(await newSessionId(this.#options.genid), deadline);
      const live = await this.#writer.writeNew(ref, make(ref.key), announce, from);
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
      await this.#writer.drop(this.#refAt(ref, successor.id), successor.session);
      throw error;
    }
    if (isRetired) await this.#writer.unindex(ref, live.session);
    else await this.#writer.drop(this.#refAt(ref, successor.id), successor.session);
    return isRetired;
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

  /**
   * Writes optimistically. If the index refuses the session, since it was revoked or the index is lost, its record goes as well,
   * with its grace copies: nobody could revoke them any more. If it has changed, the session may have moved to a new ID.
   */
  #writeUnlessRefused(
    ref: SessionRef,
    known: LiveSession | undefined,
    attempt: Attempt,
  ): Promise<StoredSession | null> {
    return writeOptimistically(ref, known, async (live) => {
      try {
        const done = await attempt(live);
        if (done.is === 'live')
          await deleteCopiesOfOldUser(this.#options, ref.operation, live.session, done.session);
        return done;
      } catch (error) {
        if (!(error instanceof EntryRefused)) throw error;
        await deleteGraceCopies(this.#options, ref.operation, live.session);
        if (await ref.deleteIfVersion(live.version, 'revoked')) throw error;
        return { is: 'rejected', nonce: null };
      }
    });
  }

  #change(ref: SessionRef, known: LiveSession | undefined, change: Change): Promise<StoredSession | null> {
    return this.#writeUnlessRefused(ref, known, (live) => {
      const next = this.#renew(live.session, change, ref.key);
      if (next === live.session) return live;
      return this.#writer
        .write(ref, live, next)
        .then((written) => written ?? { is: 'rejected', nonce: next.nonce });
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
