import { Deadline } from './deadline.js';
import { SessionError } from './errors.js';
import { isAbsoluteExpired, isIdleExpired, isStale, lifetimeMs, slide } from './expiry.js';
import type { ResolvedOptions } from './options.js';
import { formatRecord, parseRecord, type Session } from './record.js';
import { hashSessionId, newSessionId } from './session-id.js';
import { withSessionLock } from './session-lock.js';
import { isAtomic, type SessionRecord, type Store } from './store.js';
import { StoreCalls, type StoreOperation } from './store-calls.js';

/** A session that the store holds. */
export interface LiveSession {
  readonly id: string;
  readonly session: Session;
  /** What compare-and-swap compares; null where the store cannot. */
  readonly version: string | null;
}

/** Makes the next session of the current one; the same object means that nothing is to be written. */
export type Change = (session: Session) => Session;

/** One session's way to the store within one operation: its key, its deadline. */
interface Access {
  readonly store: Store<object>;
  readonly id: string;
  readonly key: string;
  readonly deadline: Deadline;
}

const BLANK: Session = {
  data: {},
  createdAt: null,
  lastSeenAt: null,
  expiresAt: null,
  cookieSentAt: null,
  maxAge: null,
};

const MAX_BACKOFF_MS = 50;
const MAX_NEW_IDS = 3;

/**
 * Sessions by ID, over any store: what is read is checked and not expired, what is written loses no other
 * request's update and brings back no session that is gone.
 */
export class SessionRepository {
  readonly #options: ResolvedOptions;
  readonly #calls: StoreCalls;

  constructor(options: ResolvedOptions, openStore: () => Store<object> | Promise<Store<object>>) {
    this.#options = options;
    this.#calls = new StoreCalls(openStore);
  }

  /** The live session of an ID, or null; slides its idle timeout when that got stale. */
  async find(id: string): Promise<LiveSession | null> {
    const live = await this.#read(await this.#access(id));
    const stale = (session: Session) => isStale(session, this.#options.expiry, Date.now());
    if (!live || !stale(live.session)) return live;
    // The session was read and is valid: that its timer could not be moved must not fail the page.
    return this.touch(live, (session) => (stale(session) ? { ...session } : session)).catch(() => live);
  }

  /** A new session with a new ID. */
  async create(change: Change, deadline = this.#deadline()): Promise<LiveSession> {
    const session = this.#renew(BLANK, change);
    for (let attempt = 0; attempt < MAX_NEW_IDS; attempt++) {
      const access = await this.#access(await newSessionId(this.#options.genid), deadline);
      const live = await this.#write(access, null, session);
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
  async change(id: string, known: LiveSession | undefined, change: Change): Promise<LiveSession | null> {
    return this.#exclusively(id, known, async (access, live) => {
      const next = this.#renew(live.session, change);
      return next === live.session ? live : this.#write(access, live.version, next);
    });
  }

  /** Moves the session to a new ID, through `change`; the old record is gone before anyone learns the new ID. */
  async replace(id: string, known: LiveSession | undefined, change: Change): Promise<LiveSession | null> {
    return this.#exclusively(id, known, async (access, live) => {
      const { deadline } = access;
      const successor = await this.create(() => change(live.session), deadline);
      let retired = false;
      try {
        retired = await this.#retire(access, live);
      } finally {
        if (!retired) await this.#discard(successor.id, deadline);
      }
      return retired ? successor : null;
    });
  }

  /** Slides the idle timeout, through `change` (of the dates, not the data). */
  async touch(live: LiveSession, change: Change): Promise<LiveSession> {
    const access = await this.#access(live.id);
    if (!access.store.trustExpiry || !access.store.touch) {
      return (await this.change(live.id, live, change)) ?? live;
    }
    const session = this.#renew(live.session, change);
    await this.#call('touch', access, (store) => store.touch?.(access.key, this.#format(session)));
    return { ...live, session };
  }

  /** Removes the session, whatever its state. */
  async remove(id: string): Promise<void> {
    const access = await this.#access(id);
    await this.#locked(access, () => this.#destroy(access));
  }

  // --- one operation under the session's lock -------------------------------------------------------------

  /** Runs `attempt` on the current session until it is not overtaken by another writer. */
  async #exclusively(
    id: string,
    known: LiveSession | undefined,
    attempt: (access: Access, live: LiveSession) => Promise<LiveSession | null>,
  ): Promise<LiveSession | null> {
    const access = await this.#access(id);
    return this.#locked(access, async () => {
      // Without compare-and-swap the request's copy may be outdated: read again under the lock.
      let live = known && isAtomic(access.store) ? known : await this.#read(access);
      if (!live && !known) return null;
      for (let retries = 0; live; retries++) {
        const done = await attempt(access, live);
        if (done) return done;
        if (access.deadline.passed) throw conflict();
        await backOff(retries);
        live = await this.#read(access);
      }
      throw gone();
    });
  }

  #locked<T>(access: Access, task: () => Promise<T>): Promise<T> {
    return withSessionLock(`${this.#options.name} ${access.key}`, access.deadline, queueTimeout, task);
  }

  // --- store calls ----------------------------------------------------------------------------------------

  #deadline(): Deadline {
    return new Deadline(this.#options.storeTimeoutMs);
  }

  async #access(id: string, deadline = this.#deadline()): Promise<Access> {
    const store = await this.#calls.store();
    const hashed = this.#options.hashIds ?? store.hashIds ?? false;
    return { store, id, key: hashed ? hashSessionId(id) : id, deadline };
  }

  async #read(access: Access): Promise<LiveSession | null> {
    const { store, key, id } = access;
    const found = isAtomic(store)
      ? await this.#call('get', access, () => store.load(key))
      : { record: await this.#call('get', access, () => store.get(key)), version: null };
    const session = found && parseRecord(found.record);
    if (!session) return null;
    if (this.#isExpired(session, store)) {
      await this.#discard(id, access.deadline);
      return null;
    }
    return { id, session, version: found.version };
  }

  /** Writes the session's record; null when compare-and-swap found another version than `expected`. */
  async #write(access: Access, expected: string | null, session: Session): Promise<LiveSession | null> {
    const { store, key, id } = access;
    const record = this.#format(session);
    if (!isAtomic(store)) {
      await this.#call('set', access, () => store.set(key, record));
      return { id, session, version: null };
    }
    const version = await this.#call('set', access, () => store.swap(key, expected, record));
    return version === null ? null : { id, session, version };
  }

  /** Removes the record if it is still as `live` has it; whether it was. */
  async #retire(access: Access, live: LiveSession): Promise<boolean> {
    if (isAtomic(access.store)) {
      // A record whose expiry has passed is removed by the swap.
      return (await this.#write(access, live.version, { ...BLANK, expiresAt: 0 })) !== null;
    }
    await this.#destroy(access);
    return true;
  }

  async #destroy(access: Access): Promise<void> {
    await this.#call('destroy', access, (store) => store.destroy(access.key));
  }

  /** Removes what nobody can use any more. A failure leaves a dead record behind, and nothing else. */
  async #discard(id: string, deadline: Deadline): Promise<void> {
    await this.#destroy(await this.#access(id, deadline)).catch(() => {});
  }

  #call<T>(
    operation: StoreOperation,
    { store, key, deadline }: Access,
    run: (store: Store<object>) => T | PromiseLike<T>,
  ): Promise<T> {
    return this.#calls.call(operation, store, key, deadline, run);
  }

  // --- dates ----------------------------------------------------------------------------------------------

  /** Applies a change; whatever is written counts as use of the session. */
  #renew(session: Session, change: Change): Session {
    const next = change(session);
    return next === session ? session : slide(next, this.#options.expiry, Date.now());
  }

  #isExpired(session: Session, store: Store<object>): boolean {
    const now = Date.now();
    return (
      (!store.trustExpiry && isIdleExpired(session, now)) ||
      isAbsoluteExpired(session, this.#options.expiry, now)
    );
  }

  #format(session: Session): SessionRecord {
    const { httpOnly, path, secure, sameSite, domain } = this.#options.cookie;
    return formatRecord(session, lifetimeMs(session, this.#options.expiry), {
      httpOnly,
      path,
      secure,
      ...(sameSite && { sameSite }),
      ...(domain && { domain }),
    });
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
    'The session ended while this request was under way: it was destroyed, moved to a new ID, or expired. Nothing ' +
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
