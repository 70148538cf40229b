import { Deadline } from '../gateway/deadline.js';
import { beginOperation } from '../gateway/operation.js';
import type { RequestContext } from '../gateway/request-context.js';
import { SessionError } from '../lib/errors.js';
import { type MaybePromise, mapMaybe } from '../lib/maybe-promise.js';
import { isGone } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import { isStale, slide } from '../record/expiry.js';
import { indexedUnder } from '../record/indexed-key.js';
import { BLANK, mayRemain, type Session } from '../record/record.js';
import { newSessionId } from '../record/session-id.js';
import { deleteGraceCopies, graceCopyOf } from './grace.js';
import { entryOf, isEntryDue, isSameEntry } from './index-entry.js';
import { writeOptimistically } from './optimistic-write.js';
import { SessionIndex } from './session-index.js';
import { type LiveSession, SessionRef, type StoredSession } from './session-ref.js';

/** Makes the next session of the current one; the same object means that nothing is to be written. */
export type Change = (session: Session) => Session;

/** What `remove` found: what it deleted, or that it did not look. */
export type Removed = StoredSession['is'] | 'none' | 'unknown';

const MAX_NEW_IDS = 3;

/**
 * Sessions by ID, over any store: what is read is checked and not expired, what is written loses no other request's
 * update and brings back no session that is gone.
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

  /** The session of an ID, or null. Slides its idle timeout when that got stale. */
  find(id: string): Promise<StoredSession | null> {
    return mapMaybe(this.#refTo(id), (ref) =>
      ref.read().then((found) => (found?.is === 'live' ? this.#renewOnRead(ref, found) : found)),
    );
  }

  /** A new session with a new ID. */
  create(change: Change): Promise<LiveSession> {
    return this.#insert(this.#renew(BLANK, change));
  }

  /**
   * Changes a session, on top of whatever others wrote meanwhile.
   *
   * @param known the request's copy, if it has one.
   * @returns the changed session; null when there is none and the request never saw one; what is left of it when it has
   * moved on.
   * @throws ERR_SESSION_GONE when the known session is not there any more, ERR_SESSION_CONFLICT when others kept
   * changing it until the deadline.
   */
  change(id: string, known: LiveSession | undefined, change: Change): Promise<StoredSession | null> {
    return mapMaybe(this.#refTo(id), (ref) => this.#change(ref, known, change));
  }

  /**
   * Moves the session to a new ID, through `change`. Before anyone learns the new ID, the old record is gone, or shows
   * for a moment what the session was before, and no more.
   *
   * @param leavesCopy whether it may do the latter.
   */
  async replace(
    id: string,
    known: LiveSession | undefined,
    change: Change,
    leavesCopy: boolean,
  ): Promise<StoredSession | null> {
    const ref = await this.#refTo(id);
    return writeOptimistically(ref, known, async (live) => {
      const next = this.#renew(live.session, change);
      const copy = leavesCopy ? graceCopyOf(ref, live, next, this.#options.graceMs) : null;
      const graceCopies = copy ? [...next.graceCopies, copy] : next.graceCopies;
      const successor = await this.#insert({ ...next, graceCopies }, ref.operation.deadline);
      let isRetired = false;
      try {
        isRetired = await (copy ? ref.supersede(live, copy.until) : ref.deleteIfVersion(live.version));
      } finally {
        if (!isRetired) await this.#refAt(ref, successor.id).tryDelete();
      }
      if (isRetired && !copy && live.session.user) {
        await this.#index.remove(ref.operation, live.session.user, [ref.key]);
      }
      return isRetired ? successor : null;
    });
  }

  /** Slides the idle timeout, through `change` (of the dates, not the data). */
  async touch(live: LiveSession, change: Change): Promise<StoredSession> {
    return this.#touch(await this.#refTo(live.id), live, change);
  }

  /**
   * Removes the session, whatever its state, with the copies under its old IDs.
   *
   * @param known the request's copy; null for none, undefined where it did not read the session.
   */
  async remove(id: string, known: StoredSession | null | undefined): Promise<Removed> {
    const ref = await this.#refTo(id);
    const removed = await ref.exclusively(async () => {
      if (known?.is === 'live') {
        await deleteGraceCopies(this.#options, ref.operation, known.session);
        // Unless it is what the request knows, it may have moved on meanwhile.
        if (await ref.deleteIfVersion(known.version, 'signed_out')) return known;
      }
      // Read for what else has to go; not where nothing else can.
      const isToRead = known !== undefined || ref.canBeSuperseded || this.#options.user !== undefined;
      const found = known !== null && isToRead ? await ref.read().catch(() => undefined) : known;
      if (found?.is === 'live') await deleteGraceCopies(this.#options, ref.operation, found.session);
      await ref.delete(found?.is === 'superseded' ? undefined : 'signed_out');
      return found;
    });
    if (removed?.session.user) await this.#index.remove(ref.operation, removed.session.user, [ref.key]);
    if (removed) return removed.is;
    return removed === null ? 'none' : 'unknown';
  }

  /** Writes a new session, under an ID that nobody has. */
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

  /** Slides an idle timer that got stale, and indexes a session again where that is due. */
  #renewOnRead(ref: SessionRef, live: LiveSession): MaybePromise<StoredSession | null> {
    const { open } = ref.operation;
    const now = this.context.clock.now();
    const isDue = (session: Session) => !!open.store.users && isEntryDue(session, this.#options, now);
    const isIdle = (session: Session) => isStale(session, this.#options.expiry, now);
    const renewIf = (is: typeof isDue) => (session: Session) => (is(session) ? { ...session } : session);
    // The session was read and is valid: that it could not be written must not fail the page.
    const unlessGone = (error: unknown) => (isGone(error) ? null : live);
    if (isDue(live.session)) return this.#change(ref, live, renewIf(isDue)).catch(unlessGone);
    if (live.leftMs !== undefined || !isIdle(live.session)) return live;
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
    if (ref.slidesByTouch && isOnlySlid(live.session, next)) return ref.touch(live, next);
    return (await this.#change(ref, live, change)) ?? live;
  }

  /** Applies a change; whatever is written counts as use of the session. */
  #renew(session: Session, change: Change): Session {
    const next = change(session);
    if (next === session) return session;
    const now = this.context.clock.now();
    return {
      ...slide(next, this.#options.expiry, now),
      ...entryOf(next, this.#options, now),
      graceCopies: next.graceCopies.filter((copy) => mayRemain(copy, now)),
    };
  }

  /** Writes a session over what is known of it. If its user or the end of its entry changed, it is indexed before. */
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

  /** Another session, in the same operation. */
  #refAt({ operation }: SessionRef, id: string): SessionRef {
    return new SessionRef(this.#options, operation, id);
  }
}

/** Whether nothing changed but the dates that a store's own `touch` moves. */
function isOnlySlid(session: Session, next: Session): boolean {
  const isSameCookie = session.cookieSentAt === next.cookieSentAt && session.maxAge === next.maxAge;
  return isSameCookie && isSameEntry(session, next);
}
