import { Deadline } from '../gateway/deadline.js';
import { beginOperation } from '../gateway/operation.js';
import type { RequestContext } from '../gateway/request-context.js';
import { SessionError } from '../lib/errors.js';
import { type MaybePromise, mapMaybe } from '../lib/maybe-promise.js';
import { isGone } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import { isStale, lifetimeMs, MAX_LIFETIME_S, slide } from '../record/expiry.js';
import { indexedUnder } from '../record/indexed-key.js';
import { BLANK, mayRemain, type Session } from '../record/record.js';
import { newSessionId } from '../record/session-id.js';
import { deleteGraceCopies, graceCopyOf } from './grace.js';
import { entryOf, isEntryDue, isSameEntry } from './index-entry.js';
import { writeOptimistically } from './optimistic-write.js';
import { SessionIndex } from './session-index.js';
import { type LiveSession, SessionRef, type StoredSession } from './session-ref.js';

/** Makes the next session from the current one. Returning the same object means that there is nothing to write. */
export type Change = (session: Session) => Session;

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
    return this.#insert(this.#renew(BLANK, change));
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
   */
  async replace(
    id: string,
    known: LiveSession | undefined,
    change: Change,
    hasGrace: boolean,
  ): Promise<StoredSession | null> {
    const ref = await this.#refTo(id);
    return writeOptimistically(ref, known, async (live) => {
      const next = this.#renew(live.session, change);
      const copy = hasGrace ? graceCopyOf(ref, live, next, this.#options.graceMs) : null;
      const graceCopies = copy ? [...next.graceCopies, copy] : next.graceCopies;
      const successor = await this.#insert({ ...next, graceCopies }, ref.operation.deadline);
      let isReplaced = false;
      try {
        isReplaced = await (copy ? ref.supersede(live, copy.until) : ref.deleteIfVersion(live.version));
      } finally {
        if (!isReplaced) await this.#refAt(ref, successor.id).tryDelete();
      }
      if (isReplaced && !copy && live.session.user) {
        await this.#index.remove(live.session.user, [ref.key]);
      }
      return isReplaced ? successor : null;
    });
  }

  /** Slides the idle timeout, through `change` of the dates. */
  async touch(live: LiveSession, change: Change): Promise<StoredSession> {
    return this.#touch(await this.#refTo(live.id), live, change);
  }

  /**
   * Deletes the session, whatever its version, and its grace copies.
   *
   * @param known the request's copy; null if there is no session, undefined if the request did not read it.
   */
  async delete(id: string, known: StoredSession | null | undefined): Promise<Deleted> {
    const ref = await this.#refTo(id);
    const deleted = await ref.exclusively(async () => {
      if (known?.is === 'live') {
        await deleteGraceCopies(this.#options, ref.operation, known.session);
        // If it is another version, it may have moved to a new ID meanwhile.
        if (await ref.deleteIfVersion(known.version, 'signed_out')) return known;
      }
      // Read for grace copies and the user. Not where there can be neither.
      const isToRead = known !== undefined || ref.canBeSuperseded || this.#options.user !== undefined;
      const found = known !== null && isToRead ? await ref.read().catch(() => undefined) : known;
      if (found?.is === 'live') await deleteGraceCopies(this.#options, ref.operation, found.session);
      await ref.delete(found?.is === 'superseded' ? undefined : 'signed_out');
      return found;
    });
    if (deleted?.session.user) await this.#index.remove(deleted.session.user, [ref.key]);
    if (deleted) return deleted.is;
    return deleted === null ? 'none' : 'unknown';
  }

  /** Writes a new session under an ID that nobody has. */
  async #insert(session: Session, deadline?: Deadline): Promise<LiveSession> {
    for (let attempt = 0; attempt < MAX_NEW_IDS; attempt++) {
      const ref = await this.#refTo(await newSessionId(this.#options.genid), deadline);
      const live = await this.#write(ref, null, session);
      if (live) return live;
    }
    throw new SessionError(
      'ERR_SESSION_ID',
      'The genid option returned IDs that are in use. Return unguessable ones, of at least 128 random bits.',
    );
  }

  /** Slides a stale idle timer, and indexes the session if that is due. */
  #renewOnRead(ref: SessionRef, live: LiveSession): MaybePromise<StoredSession | null> {
    const { open } = ref.operation;
    const now = this.context.clock.now();
    const isDue = (session: Session) => !!open.store.users && isEntryDue(session, this.#options, now);
    const isIdle = (session: Session) => isStale(session, this.#options.expiry, now);
    const renewIf = (is: typeof isDue) => (session: Session) => (is(session) ? { ...session } : session);
    // The session was read and is alive. A failed write must not fail the page.
    const unlessGone = (error: unknown) => (isGone(error) ? null : live);
    if (isDue(live.session)) return this.#change(ref, live, renewIf(isDue)).catch(unlessGone);
    const isSlid = (live.leftMs ?? 0) >= lifetimeMs(live.session, this.#options.expiry);
    if (isSlid || !isIdle(live.session)) return live;
    return this.#touch(ref, live, renewIf(isIdle)).catch(unlessGone);
  }

  #change(ref: SessionRef, known: LiveSession | undefined, change: Change): Promise<StoredSession | null> {
    return writeOptimistically(ref, known, (live) => {
      const next = this.#renew(live.session, change);
      return next === live.session ? live : this.#write(ref, live, next);
    });
  }

  async #touch(ref: SessionRef, live: LiveSession, change: Change): Promise<StoredSession> {
    const next = this.#renew(live.session, change);
    if (ref.slidesByTouch && isSlideOnly(live.session, next)) return ref.touch(live, next);
    return (await this.#change(ref, live, change)) ?? live;
  }

  /** Applies a change. Every write counts as use of the session. */
  #renew(session: Session, change: Change): Session {
    const next = change(session);
    if (next === session) return session;
    const now = this.context.clock.now();
    const indexed = { ...next, ...entryOf(next, this.#options, now) };
    const graceCopies = next.graceCopies.filter((copy) => mayRemain(copy, now));
    return { ...slide(indexed, this.#options.expiry, now), graceCopies };
  }

  /** Writes a session over what is known of it. Indexes it first if its entry changed. */
  #write(ref: SessionRef, known: LiveSession | null, session: Session): Promise<LiveSession | null> {
    const expected = known?.version ?? null;
    const isIndexed = session.user === null || (known !== null && isSameEntry(session, known.session));
    if (isIndexed) return ref.write(expected, session);
    return this.#index
      .add(ref, session)
      .then((hasIndex) => ref.write(expected, indexedUnder(session, hasIndex ? ref.key : null)));
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
  return session.maxAge === next.maxAge && isSameEntry(session, next);
}
