import { beginOperation } from '../gateway/operation.js';
import type { RequestContext } from '../gateway/request-context.js';
import { isStoreFailure, UnknownOutcome } from '../gateway/store-failures.js';
import { Deadline } from '../lib/deadline.js';
import { SessionError } from '../lib/errors.js';
import { type MaybePromise, mapMaybe } from '../lib/maybe-promise.js';
import { nullIfGone } from '../lib/session-refusals.js';
import { unlessLate } from '../lib/unless-late.js';
import type { ResolvedOptions } from '../options/options.js';
import { MAX_COOKIE_AGE_S } from '../record/expiry.js';
import type { GraceCopy } from '../record/grace-copy.js';
import { BLANK, type Session } from '../record/record.js';
import { newSessionId } from '../record/session-id.js';
import type { Change } from './change.js';
import { graceCopyOf, listedCopy, successorFor } from './grace.js';
import { ReadRenewal } from './read-renewal.js';
import { SessionChanges } from './session-changes.js';
import { SessionIndex } from './session-index.js';
import { SessionLimit } from './session-limit.js';
import { type LiveSession, type MaybeId, SessionRef, type StoredSession } from './session-ref.js';
import { type Announce, SessionWriter } from './session-writer.js';
import { type Deleted, SignOut } from './sign-out.js';
import { UnsettledMove } from './unsettled-move.js';

const MAX_NEW_IDS = 3;

/** How often a session is followed to a new ID. */
const MAX_MOVES = 8;

/** How long `touch` waits for its write, in milliseconds. The cookie is not sent again without it. */
const TOUCH_PATIENCE_MS = 1000;

/**
 * The sessions of an app, by ID, over any store, in one context. What it returns is checked and alive. What it writes loses no update of
 * another request and brings back no session that has ended.
 */
export class SessionRepository {
  readonly context: RequestContext;
  readonly #options: ResolvedOptions;
  readonly #index: SessionIndex;
  readonly #writer: SessionWriter;
  readonly #changes: SessionChanges;
  readonly #renewal: ReadRenewal;

  constructor(options: ResolvedOptions, context: RequestContext) {
    this.context = context;
    this.#options = options;
    this.#index = new SessionIndex(options, context);
    this.#writer = new SessionWriter(options, this.#index.entries, new SessionLimit(options, this.#index));
    this.#changes = new SessionChanges(options, context, this.#writer);
    this.#renewal = new ReadRenewal(options, context, this.#changes);
  }

  /** The longest `maxAge` that a session may have, in seconds. The session of a user ends with its entry in the index. */
  get longestLifetime(): number {
    const { user, expiry } = this.#options;
    const absoluteMs = (user && expiry.absoluteMs) ?? Number.POSITIVE_INFINITY;
    return Math.min(absoluteMs / 1000, MAX_COOKIE_AGE_S);
  }

  /** Returns what no other session has, of any set-up in this process. */
  nameOf({ key }: LiveSession): string {
    return `${this.#options.name} ${key}`;
  }

  /** Returns the deadline of an operation that begins now. The operation may then wait before it calls the repository. */
  newDeadline(): Deadline {
    return new Deadline(this.#options.storeTimeoutMs);
  }

  /**
   * Returns the session of an ID, or null. Slides its idle timeout if the timer is stale.
   *
   * @param near whether a record from a near cache will do.
   */
  find(id: string, deadline = this.newDeadline(), near = false): Promise<StoredSession | null> {
    return mapMaybe(this.#refTo(id, deadline), (ref) =>
      ref.read(near).then((found) => (found?.is === 'live' ? this.#renewal.renew(ref, found) : found)),
    );
  }

  /** Creates a session with a new ID. */
  create(change: Change, announce: Announce, deadline: Deadline): Promise<LiveSession> {
    return this.#insert(deadline, (key) => this.#changes.renew(BLANK, change, key), announce);
  }

  /** Changes a session, on top of what others wrote meanwhile. See `writeOptimistically`. */
  change(
    id: string,
    known: LiveSession | undefined,
    change: Change,
    deadline: Deadline,
  ): Promise<StoredSession | null> {
    return mapMaybe(this.#refTo(id, deadline), (ref) => this.#changes.write(ref, known, change));
  }

  /**
   * Changes a session in the name of a caller who began before it may have moved to a new ID: follows it there.
   *
   * @param change makes the change of a session that has moved, or has not.
   * @returns the session as written, without its ID if it has moved; null if it has ended.
   */
  async changeWhereverItIs(
    id: string,
    change: (hasMoved: boolean) => Change,
    deadline: Deadline,
  ): Promise<LiveSession<MaybeId> | null> {
    let ref: SessionRef<MaybeId> = await this.#refTo(id, deadline);
    for (let moves = 0; moves < MAX_MOVES; moves++) {
      const left = await this.#changes.write(ref, undefined, change(moves > 0)).catch(nullIfGone);
      if (left?.is === 'live') return left;
      const key = await ref.successor();
      if (key === null) return null;
      ref = SessionRef.ofKey(this.#options, ref.operation, key);
    }
    return null;
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
    deadline: Deadline,
  ): Promise<StoredSession | null> {
    const ref = await this.#refTo(id, deadline);
    return this.#changes.writeUnlessRefused(ref, known, async (found) => {
      const live = await this.#changes.moveEntries(ref, found);
      if (!live) return { is: 'rejected', nonce: null };
      let copy: GraceCopy | null = null;
      const successor = await this.#insert(
        deadline,
        (key) => {
          const next = this.#changes.renew(live.session, change, key);
          copy = hasGrace ? graceCopyOf(ref, live, next, this.#options.graceMs) : null;
          if (!copy) return next;
          const listed = listedCopy(copy, live, this.context.clock.now());
          return { ...next, graceCopies: [...next.graceCopies, listed] };
        },
        announce,
        live,
      );
      const isRetired = await this.#retire(ref, live, successor, copy);
      return isRetired ? successor : { is: 'rejected', nonce: null };
    });
  }

  /**
   * Slides the idle timeout, through `change` of the dates. Returns `live` itself if the store does not take the write: whoever
   * may read the session may go on with it. A change of its lifetime is more than that, and fails as any write.
   */
  touch(live: LiveSession, change: Change, deadline: Deadline): Promise<StoredSession> {
    const touch = async () => this.#changes.touch(await this.#refTo(live.id, deadline), live, change);
    const { maxAge, cookieSentAt } = change(live.session);
    if (maxAge !== live.session.maxAge) return touch();
    const slid = touch().catch((error) => {
      if (isStoreFailure(error)) return live;
      throw error;
    });
    // A cookie that is dated is sent, so its write has to be certain.
    return cookieSentAt === live.session.cookieSentAt ? unlessLate(slid, live, TOUCH_PATIENCE_MS) : slid;
  }

  /**
   * Deletes the session, whatever its version, and its grace copies. Deletes a record that nobody can use, too.
   *
   * @param known the request's copy, if it has one.
   */
  async delete(id: string, known: StoredSession | undefined, deadline: Deadline): Promise<Deleted> {
    const ref = await this.#refTo(id, deadline);
    return new SignOut(this.#options, this.#index, ref).run(known);
  }

  /**
   * Writes a new session under an ID that nobody has.
   *
   * @param make makes it, for its key.
   * @param from the session that moves to the new ID.
   */
  async #insert(
    deadline: Deadline,
    make: (key: string) => Session,
    announce: Announce,
    from?: LiveSession,
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
      const to = successorFor(live, successor, copy, this.context.clock.now());
      isRetired = await (copy ? ref.supersede(live, copy.until, to) : ref.retire(live, to));
    } catch (error) {
      if (error instanceof UnknownOutcome) throw new UnsettledMove(successor, error);
      await this.#writer.drop(this.#refAt(ref, successor.id), successor.session);
      throw error;
    }
    if (isRetired) await this.#writer.unindex(ref, live.session);
    else await this.#writer.drop(this.#refAt(ref, successor.id), successor.session);
    return isRetired;
  }

  #refTo(id: string, deadline: Deadline): MaybePromise<SessionRef> {
    return mapMaybe(beginOperation(this.context, deadline), (operation) =>
      SessionRef.ofId(this.#options, operation, id),
    );
  }

  /** Returns the place of another session, in the same operation. */
  #refAt({ operation }: SessionRef, id: string): SessionRef {
    return SessionRef.ofId(this.#options, operation, id);
  }
}
