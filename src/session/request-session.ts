import type { RequestCookie } from '../cookie/request-cookie.js';
import type { RequestContext } from '../gateway/request-context.js';
import { SessionError } from '../lib/errors.js';
import { isGone, sessionGone } from '../lib/session-refusals.js';
import { WriteQueue } from '../lib/write-queue.js';
import type { Session } from '../record/record.js';
import type { LiveSession, StoredSession } from '../repository/session-ref.js';
import type { Change, SessionRepository } from '../repository/session-repository.js';
import type { Scope, WriteAccess } from '../scope/scope.js';
import { absent, holding, isPresent, lost, type Present, type RequestState } from './request-state.js';

/**
 * The session of one request: read once, however many ask for it, and seen as this request last wrote it.
 *
 * Its writes run one after another, so that the first creates the session and the next finds it. A cookie is set
 * only after the store has acknowledged.
 */
export class RequestSession {
  readonly #repository: SessionRepository;
  readonly #cookie: RequestCookie;
  readonly #writes = new WriteQueue();
  #state: RequestState;

  constructor(repository: SessionRepository, cookie: RequestCookie) {
    this.#repository = repository;
    this.#cookie = cookie;
    const { id } = cookie;
    this.#state = id === null ? absent(true) : { is: 'unread', id, wasLive: false, touched: 'no' };
  }

  get context(): RequestContext {
    return this.#repository.context;
  }

  /** Whether this request created the session. */
  get isNew(): boolean {
    return isPresent(this.#state) && this.#state.touched === 'created';
  }

  /** The session, or null. A read that failed stays failed until `reload`: one store read a request. */
  read(): Promise<StoredSession | null> {
    const state = this.#state;
    if (state.is === 'read') return state.copy;
    if (state.is !== 'unread') return Promise.resolve(null);
    const copy = this.#repository.find(state.id);
    this.#state = { ...state, is: 'read', copy };
    return copy;
  }

  /**
   * The session as the store holds it now, for what is done in its name; null for a visitor without one.
   *
   * @throws ERR_SESSION_GONE when it ended under this request, or moved on.
   */
  confirm(): Promise<LiveSession | null> {
    return this.#writes.add(async () => {
      if (this.#state.is === 'lost') throw this.#state.error;
      const known = await this.read();
      if (!known) return isPresent(this.#state) && this.#state.wasLive ? this.#lose('ended') : null;
      const current = known.is === 'live' ? await this.#repository.find(known.id) : known;
      if (!current) return this.#lose('ended');
      return current.is === 'live' ? current : this.#lose('moved');
    });
  }

  /** Drops the copy, after the writes under way: the next read asks the store. */
  reload(): Promise<void> {
    return this.#writes.add(async () => {
      const state = this.#state;
      if (state.is === 'read') await this.#drop(state);
    });
  }

  /** Changes the live session, or creates one. */
  write(scope: Scope, change: Change): Promise<void> {
    return this.#writes.add(async () => {
      const access = checked(await scope.writeAccess());
      if (!(await this.#changeLive(scope, access, change))) await this.#create(scope, access, change);
    });
  }

  /** Changes the live session; does nothing when there is none. */
  writeLive(scope: Scope, change: Change): Promise<void> {
    return this.#writes.add(async () => {
      const access = checked(await scope.writeAccess());
      await this.#changeLive(scope, access, change);
    });
  }

  /** Moves the live session to a new ID, or creates one. */
  regenerate(scope: Scope, change: Change): Promise<void> {
    return this.#writes.add(async () => {
      const access = checked(await scope.writeAccess());
      if (access.kind !== 'full') throw access.reason;
      const now = this.#now();
      // What this request has written belongs to after the sign-in: the old ID must not show it.
      const leavesCopy = isPresent(this.#state) && this.#state.touched === 'no';
      const stamped: Change = (session) => ({ ...change(session), cookieSentAt: now });
      const moved = await this.#onLive((id, known) =>
        this.#repository.replace(id, known, stamped, leavesCopy),
      );
      if (moved) {
        this.#markWritten();
        this.context.telemetry.record({ type: 'regenerated' }, moved.id);
        this.#cookie.send(scope, moved, now);
      } else await this.#create(scope, access, change);
    });
  }

  /** Slides the idle timeout and sends the cookie again where that can be; does nothing without a live session. */
  touch(scope: Scope, maxAge: number | undefined): Promise<void> {
    return this.#writes.add(async () => {
      const access = await scope.writeAccess();
      if (maxAge !== undefined && access.kind !== 'full') throw access.reason;
      const known = await this.read();
      if (known?.is !== 'live') return;
      const now = this.#now();
      const sent = access.kind === 'full' ? { cookieSentAt: now } : {};
      const own = maxAge === undefined ? {} : { maxAge };
      try {
        const touched = await this.#onLive(() =>
          this.#repository.touch(known, (session) => ({ ...session, ...sent, ...own })),
        );
        if (touched && access.kind === 'full') this.#cookie.send(scope, touched, now);
      } catch (error) {
        // A session that is gone needs no touch.
        if (!isGone(error)) throw error;
      }
    });
  }

  /** Ends the session: the record first, then the cookie. */
  destroy(scope: Scope): Promise<void> {
    return this.#writes.add(async () => {
      const access = checked(await scope.writeAccess());
      this.#ended(access, scope, isPresent(this.#state) ? await this.#remove(this.#state) : this.#state);
    });
  }

  /** Takes notice that the session was revoked, by this request itself. */
  revoked(scope: Scope): Promise<void> {
    return this.#writes.add(async () => this.#ended(await scope.writeAccess(), scope, absent(true)));
  }

  async #changeLive(scope: Scope, access: WriteAccess, change: Change): Promise<LiveSession | null> {
    const now = this.#now();
    let isWritten = false;
    let isSent = false;
    const stamped: Change = (session: Session) => {
      const next = change(session);
      isSent = next !== session && access.kind === 'full' && this.#cookie.isStale(session, now);
      isWritten ||= next !== session;
      return isSent ? { ...next, cookieSentAt: now } : next;
    };
    try {
      const live = await this.#onLive((id, known) => this.#repository.change(id, known, stamped));
      if (live && isSent) this.#cookie.send(scope, live, now);
      return live;
    } finally {
      // Even if it seems to have failed: whether a write took effect may be unknown.
      if (isWritten) this.#markWritten();
    }
  }

  /** Removes the record, or what is left of a session that has moved on. Returns what the request is left with. */
  async #remove(state: Present): Promise<RequestState> {
    const known = state.is === 'read' ? await state.copy.catch(() => undefined) : undefined;
    const removed = await this.#repository.remove(state.id, known).catch((error) => this.#failed(error));
    if (known?.is === 'superseded' || removed === 'superseded') return lost('moved');
    if (removed !== 'none') {
      this.context.telemetry.record({ type: 'destroyed', reason: 'signed_out' }, state.id);
    }
    return absent(!(known && removed === 'none'));
  }

  /** After the end of the session. One that moved on stays lost: the visitor has it under its new ID. */
  #ended(access: WriteAccess, scope: Scope, left: RequestState): void {
    this.#state = left.is === 'lost' && left.how === 'ended' ? absent(false) : left;
    const isToExpire = this.#state.is === 'absent' && this.#state.ownsCookie;
    if (isToExpire && access.kind === 'full') this.#cookie.expire(scope);
  }

  async #create(scope: Scope, access: WriteAccess, change: Change): Promise<void> {
    if (access.kind !== 'full') throw access.reason;
    const now = this.#now();
    const stamped: Change = (blank) => ({ ...change(blank), cookieSentAt: now });
    const live = await this.#repository.create(stamped);
    this.#state = holding(live, 'created');
    this.context.telemetry.record({ type: 'created' }, live.id);
    this.#cookie.send(scope, live, now);
  }

  /** Runs `work` on the session, if there may be one, and keeps what it left as the request's copy. */
  async #onLive(
    work: (id: string, known: LiveSession | undefined) => Promise<StoredSession | null>,
  ): Promise<LiveSession | null> {
    const state = this.#state;
    if (state.is === 'lost') throw state.error;
    if (state.is === 'absent') return null;
    const known = state.is === 'read' ? await state.copy : undefined;
    if (known === null) return null;
    if (known?.is === 'superseded') return this.#lose('moved');
    try {
      const left = await work(state.id, known);
      if (left?.is === 'superseded') return this.#lose('moved');
      this.#state = left ? holding(left, state.touched) : absent(true);
      return left;
    } catch (error) {
      return this.#failed(error);
    }
  }

  #now(): number {
    return this.context.clock.now();
  }

  #markWritten(): void {
    if (isPresent(this.#state) && this.#state.touched === 'no') {
      this.#state = { ...this.#state, touched: 'written' };
    }
  }

  async #failed(error: unknown): Promise<never> {
    if (isGone(error) && this.#state.is !== 'lost') this.#lose('ended', error);
    // Whether a write that timed out took effect is unknown, so the copy may be wrong.
    const isUnknown = SessionError.is(error) && error.code === 'ERR_SESSION_STORE_TIMEOUT';
    if (isUnknown && this.#state.is === 'read') await this.#drop(this.#state);
    throw error;
  }

  async #drop({ id, wasLive, touched, copy }: RequestState & { is: 'read' }): Promise<void> {
    const saw = await copy.catch(() => null);
    this.#state = { is: 'unread', id, wasLive: wasLive || saw !== null, touched };
  }

  /** The session ended or moved on under this request. */
  #lose(how: 'ended' | 'moved', error: unknown = sessionGone()): never {
    if (how === 'ended') {
      const id = isPresent(this.#state) ? this.#state.id : null;
      this.context.telemetry.record({ type: 'destroyed', reason: 'gone' }, id);
    }
    this.#state = lost(how, error);
    throw error;
  }
}

/** Returns the access, if anything may be written. */
function checked(access: WriteAccess): WriteAccess {
  if (access.kind === 'none') throw access.reason;
  return access;
}
