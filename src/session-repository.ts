import { Deadline } from './deadline.js';
import { SessionError } from './errors.js';
import { isStale, slide } from './expiry.js';
import type { ResolvedOptions } from './options.js';
import { goOn } from './promise-like.js';
import { BLANK, type Predecessor, type Session } from './record.js';
import { newSessionId } from './session-id.js';
import type { SessionIndex } from './session-index.js';
import { withSessionLock } from './session-lock.js';
import type { OpenStore, StoreCalls } from './store-calls.js';
import { type LiveSession, StoredSession } from './stored-session.js';
import { currentTime } from './surroundings.js';

/** Makes the next session of the current one; the same object means that nothing is to be written. */
export type Change = (session: Session) => Session;

/** One try to change a session as it is stored; null when another process was faster. */
type Attempt = (stored: StoredSession, live: LiveSession) => LiveSession | null | Promise<LiveSession | null>;

const MAX_BACKOFF_MS = 50;
const MAX_NEW_IDS = 3;

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
  async create(change: Change, deadline?: Deadline): Promise<LiveSession> {
    const session = this.#renew(BLANK, change);
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

  /**
   * Changes a session, on top of whatever others wrote meanwhile. `known` is the request's copy, if it has one.
   *
   * @returns the changed session; null when there is none and the request never saw one.
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
   */
  replace(id: string, known: LiveSession | undefined, change: Change): Promise<LiveSession | null> {
    return this.#exclusively(id, known, undefined, async (stored, live) => {
      const successor = await this.create(
        () => ({ ...change(live.session), predecessors: this.#predecessors(stored, live) }),
        stored.deadline,
      );
      let retired = false;
      try {
        retired = stored.canFreeze ? (await stored.freeze(live)) !== null : await stored.retire(live.version);
      } finally {
        if (!retired) await (await this.#open(successor.id, stored.deadline)).discard();
      }
      return retired ? successor : null;
    });
  }

  /** Slides the idle timeout, through `change` (of the dates, not the data). */
  async touch(live: LiveSession, change: Change, deadline?: Deadline): Promise<LiveSession> {
    const stored = await this.#open(live.id, deadline);
    if (stored.hasOwnExpiry) return stored.touch(live, this.#renew(live.session, change));
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
      const isOfInterest = canFreeze || this.#options.user !== undefined;
      const live = known === undefined && isOfInterest ? await stored.read().catch(() => undefined) : known;
      if (live) await this.#index.removePredecessors(open, live.session, deadline);
      await stored.remove(live?.session.frozen ? undefined : 'signed_out');
      return live;
    });
    if (removed?.session.user) await this.#index.forget(open, removed.session.user, [key]);
    return removed;
  }

  /** A read moves an idle timer that got stale, and notes a session that is in no index yet. */
  #keepUp(
    { deadline }: StoredSession,
    live: LiveSession | null,
  ): LiveSession | null | Promise<LiveSession | null> {
    if (!live || live.session.frozen) return live;
    const { id, slid } = live;
    const missing = (session: Session) => this.#index.isMissing(session);
    const stale = (session: Session) => isStale(session, this.#options.expiry, currentTime());
    const renewIf = (due: typeof stale) => (session: Session) => (due(session) ? { ...session } : session);
    // The session was read and is valid: that it could not be written must not fail the page.
    if (missing(live.session)) return this.change(id, live, renewIf(missing), deadline).catch(() => live);
    if (slid || !stale(live.session)) return live;
    return this.touch(live, renewIf(stale), deadline).catch(() => live);
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
    for (let retries = 0; live && !live.session.frozen; retries++) {
      const done = await attempt(stored, live);
      if (done) return done;
      if (stored.deadline.passed) throw conflict();
      await backOff(retries);
      live = await stored.read();
      if (live) this.#calls.telemetry.record({ type: 'conflict' }, stored.id);
    }
    throw gone();
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
      user: this.#index.userOf(next),
      predecessors: next.predecessors.filter(({ until }) => until > now),
    };
  }

  /** Writes a session over what is known of it, having noted whose it has become. */
  #write(stored: StoredSession, known: LiveSession | null, session: Session): Promise<LiveSession | null> {
    const { user } = session;
    const write = () => stored.write(known?.version ?? null, session);
    return user === null || user === known?.session.user
      ? write()
      : this.#index.add(stored, user).then(write);
  }

  /** What of a session's old IDs is left, once this is one too. */
  #predecessors({ canFreeze, key }: StoredSession, { session }: LiveSession): readonly Predecessor[] {
    if (!canFreeze) return session.predecessors;
    return [...session.predecessors, { key, until: currentTime() + this.#options.graceMs }];
  }
}

/** Writers in other processes that collided once would collide again in step. */
function backOff(retries: number): Promise<void> {
  const limit = Math.min(MAX_BACKOFF_MS, 2 ** retries);
  return new Promise((resolve) => setTimeout(resolve, Math.random() * limit));
}

function gone(): SessionError {
  return new SessionError(
    'ERR_SESSION_GONE',
    'The session ended while this request was under way: it was destroyed, revoked, moved to a new ID, or expired. Nothing ' +
      'was written. Treat the visitor as signed out.',
  );
}

function conflict(): SessionError {
  return new SessionError(
    'ERR_SESSION_CONFLICT',
    'Other requests kept changing this session until storeTimeout. Nothing was written. Try again, and write less ' +
      'often to one session.',
  );
}

function queueTimeout(): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE_TIMEOUT',
    'Earlier writes to this session did not end within storeTimeout. Nothing was written. Check that the session ' +
      'store is reachable.',
  );
}
