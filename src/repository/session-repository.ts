import { SessionError } from '../lib/errors.js';
import { goOn } from '../lib/promise-like.js';
import { isGone, queueTimeout, sessionGone, writeConflict } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import { isStale, slide } from '../record/expiry.js';
import { BLANK, mayRemain, type Predecessor, type Session } from '../record/record.js';
import { newSessionId } from '../record/session-id.js';
import { Deadline } from '../resilience/deadline.js';
import type { OpenStore, StoreCalls } from '../resilience/store-calls.js';
import { currentTime } from '../test-seam/surroundings.js';
import { entryOf, isEntryDue, isSameEntry, notedAs } from './index-entry.js';
import type { SessionIndex } from './session-index.js';
import { withSessionLock } from './session-lock.js';
import { type LiveSession, StoredSession } from './stored-session.js';

/** Makes the next session of the current one; the same object means that nothing is to be written. */
export type Change = (session: Session) => Session;

/** One try to change a session as it is stored; null when another process was faster. */
type Attempt = (stored: StoredSession, live: LiveSession) => LiveSession | null | Promise<LiveSession | null>;

const MAX_BACKOFF_MS = 50;
const MAX_NEW_IDS = 3;
/** Of one session at a time: its record names them. */
const MAX_COPIES = 8;

/**
 * Sessions by ID, over any store: what is read is checked and not expired, what is written loses no other
 * request's update and brings back no session that is gone.
 */
export class SessionRepository {
  readonly #options: ResolvedOptions;
  readonly #calls: StoreCalls;
  readonly #index: SessionIndex;

  constructor(options: ResolvedOptions, calls: StoreCalls, index: SessionIndex) {
    this.#options = options;
    this.#calls = calls;
    this.#index = index;
  }

  /** The live session of an ID, or null; slides its idle timeout when that got stale. */
  find(id: string): Promise<LiveSession | null> {
    return goOn(this.#open(id), (stored) => stored.read().then((live) => this.#keepUp(stored, live)));
  }

  /** A new session with a new ID. */
  create(change: Change): Promise<LiveSession> {
    return this.#insert(this.#renew(BLANK, change));
  }

  /**
   * Changes a session, on top of whatever others wrote meanwhile. `known` is the request's copy, if it has one.
   *
   * @returns the changed session; null when there is none and the request never saw one; a frozen one, unchanged, when
   * it has moved on.
   * @throws ERR_SESSION_GONE when the known session is there no more, ERR_SESSION_CONFLICT when others kept
   * changing it until the deadline.
   */
  change(
    id: string,
    known: LiveSession | undefined,
    change: Change,
    deadline?: Deadline,
  ): Promise<LiveSession | null> {
    return this.#exclusively(id, known, deadline, (stored, live) => {
      const next = this.#renew(live.session, change);
      return next === live.session ? live : this.#write(stored, live, next);
    });
  }

  /**
   * Moves the session to a new ID, through `change`. Before anyone learns the new ID, the old record is gone, or shows
   * for a moment what the session was before, and no more.
   *
   * @param leavesCopy whether it may do the latter.
   */
  replace(
    id: string,
    known: LiveSession | undefined,
    change: Change,
    leavesCopy: boolean,
  ): Promise<LiveSession | null> {
    return this.#exclusively(id, known, undefined, async (stored, live) => {
      const next = this.#renew(live.session, change);
      const copy = leavesCopy ? this.#copyOf(stored, live, next) : null;
      const predecessors = copy ? [...next.predecessors, copy] : next.predecessors;
      const successor = await this.#insert({ ...next, predecessors }, stored.deadline);
      let retired = false;
      try {
        retired = await (copy ? stored.freeze(live, copy.until) : stored.retire(live.version));
      } finally {
        if (!retired) await (await this.#open(successor.id, stored.deadline)).discard();
      }
      if (retired && !copy && live.session.user) {
        await this.#index.forget(stored.open, live.session.user, [stored.key]);
      }
      return retired ? successor : null;
    });
  }

  /** Slides the idle timeout, through `change` (of the dates, not the data). */
  async touch(live: LiveSession, change: Change, deadline?: Deadline): Promise<LiveSession> {
    const stored = await this.#open(live.id, deadline);
    const next = this.#renew(live.session, change);
    if (stored.hasOwnExpiry && isSameEntry(next, live.session)) return stored.touch(live, next);
    return (await this.change(live.id, live, change, stored.deadline)) ?? live;
  }

  /**
   * Removes the session, whatever its state, with what is left of its old IDs.
   *
   * @returns what was removed; undefined where that was not looked at, or could not be read.
   */
  async remove(id: string, known: LiveSession | null | undefined): Promise<LiveSession | null | undefined> {
    const stored = await this.#open(id);
    const { open, deadline, key, canFreeze } = stored;
    const removed = await this.#locked(stored, async () => {
      if (known) {
        await this.#index.removePredecessors(open, known.session, deadline);
        // Unless it is what the request knows, it may have moved on meanwhile.
        if (!known.session.frozen && (await stored.retire(known.version, 'signed_out'))) return known;
      }
      // Read for what else has to go; not where nothing else can.
      const isToRead = known !== undefined || canFreeze || this.#options.user !== undefined;
      const live = known !== null && isToRead ? await stored.read().catch(() => undefined) : known;
      if (live) await this.#index.removePredecessors(open, live.session, deadline);
      await stored.remove(live?.session.frozen ? undefined : 'signed_out');
      return live;
    });
    if (removed?.session.user) await this.#index.forget(open, removed.session.user, [key]);
    return removed;
  }

  /** Writes a new session, under an ID that nobody has. */
  async #insert(session: Session, deadline?: Deadline): Promise<LiveSession> {
    for (let attempt = 0; attempt < MAX_NEW_IDS; attempt++) {
      const stored = await this.#open(await newSessionId(this.#options.genid), deadline);
      const live = await this.#write(stored, null, session);
      if (live) return live;
    }
    throw new SessionError(
      'ERR_SESSION_ID',
      'The genid option returned IDs that are in use. Return unguessable ones, of at least 128 random bits.',
    );
  }

  /** A read moves an idle timer that got stale, and notes a session anew where that is due. */
  #keepUp(
    { deadline, open }: StoredSession,
    live: LiveSession | null,
  ): LiveSession | null | Promise<LiveSession | null> {
    if (!live || live.session.frozen) return live;
    const { id, slid, session } = live;
    const now = currentTime();
    const due = (current: Session) => !!open.store.users && isEntryDue(current, this.#options, now);
    const stale = (current: Session) => isStale(current, this.#options.expiry, now);
    const renewIf = (is: typeof due) => (current: Session) => (is(current) ? { ...current } : current);
    // The session was read and is valid: that it could not be written must not fail the page.
    const unlessGone = (error: unknown) => (isGone(error) ? null : live);
    if (due(session)) return this.change(id, live, renewIf(due), deadline).catch(unlessGone);
    if (slid || !stale(session)) return live;
    return this.touch(live, renewIf(stale), deadline).catch(unlessGone);
  }

  /** Runs `attempt` on the current session, alone in this process, until no other process overtakes it. */
  #exclusively(
    id: string,
    known: LiveSession | undefined,
    deadline: Deadline | undefined,
    attempt: Attempt,
  ): Promise<LiveSession | null> {
    return goOn(this.#open(id, deadline), (stored) =>
      this.#locked(stored, () => this.#untilDone(stored, known, attempt)),
    );
  }

  async #untilDone(
    stored: StoredSession,
    known: LiveSession | undefined,
    attempt: Attempt,
  ): Promise<LiveSession | null> {
    // Without compare-and-swap the request's copy may be outdated: read again under the lock.
    let live = known && stored.isAtomic ? known : await stored.read();
    if (!live && !known) return null;
    for (let retries = 0; live; retries++) {
      if (live.session.frozen) return live;
      const done = await attempt(stored, live);
      if (done) return done;
      if (stored.deadline.passed) throw writeConflict();
      await backOff(retries);
      live = await stored.read();
      if (live) this.#calls.telemetry.record({ type: 'conflict' }, stored.id);
    }
    throw sessionGone();
  }

  #locked<T>(stored: StoredSession, task: () => Promise<T>): Promise<T> {
    return withSessionLock(`${this.#options.name} ${stored.key}`, stored.deadline, queueTimeout, task);
  }

  #open(
    id: string,
    deadline = new Deadline(this.#options.storeTimeoutMs),
  ): StoredSession | Promise<StoredSession> {
    const at = (store: OpenStore) => new StoredSession(this.#options, this.#calls, store, id, deadline);
    return goOn(this.#calls.open(deadline), at);
  }

  /** Applies a change; whatever is written counts as use of the session. */
  #renew(session: Session, change: Change): Session {
    const next = change(session);
    if (next === session) return session;
    const now = currentTime();
    return {
      ...slide(next, this.#options.expiry, now),
      ...entryOf(next, this.#options, now),
      predecessors: next.predecessors.filter((old) => mayRemain(old, now)),
    };
  }

  /** Writes a session over what is known of it, having noted whose it has become. */
  #write(stored: StoredSession, known: LiveSession | null, session: Session): Promise<LiveSession | null> {
    const expected = known?.version ?? null;
    const isNoted = session.user === null || (known !== null && isSameEntry(session, known.session));
    if (isNoted) return stored.write(expected, session);
    const add = this.#index.add(stored, session);
    return add.then((isAdded) => stored.write(expected, notedAs(session, isAdded ? stored.key : null)));
  }

  /** What is left under the old ID of a session that moves on, if anything is. */
  #copyOf({ canFreeze, key }: StoredSession, { session }: LiveSession, next: Session): Predecessor | null {
    // Whoever is no more the user, or no more signed in, leaves nothing that says otherwise.
    const isSameUser = session.user === null || session.user === next.user;
    if (!canFreeze || !isSameUser || next.predecessors.length >= MAX_COPIES) return null;
    const until = currentTime() + this.#options.graceMs;
    return { key, until: Math.min(until, session.expiresAt ?? until) };
  }
}

/** Writers in other processes that collided once would collide again in step. */
function backOff(retries: number): Promise<void> {
  const limit = Math.min(MAX_BACKOFF_MS, 2 ** retries);
  return new Promise((resolve) => setTimeout(resolve, Math.random() * limit));
}
