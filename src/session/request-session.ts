import type { RequestCookie } from '../cookie/request-cookie.js';
import type { RequestContext } from '../gateway/request-context.js';
import { UnknownOutcome } from '../gateway/store-failures.js';
import { isGone, nullIfGone, sessionGone } from '../lib/session-refusals.js';
import { WriteQueue } from '../lib/write-queue.js';
import type { Session } from '../record/record.js';
import type { Change } from '../repository/change.js';
import type { LiveSession, StoredSession } from '../repository/session-ref.js';
import type { SessionRepository } from '../repository/session-repository.js';
import { type UnsettledMove, unsettledMove } from '../repository/unsettled-move.js';
import { requireAccess, type Scope, type WriteAccess } from '../scope/scope.js';
import {
  absent,
  holding,
  initial,
  isPresent,
  lost,
  type Present,
  type RequestState,
  unread,
  written,
} from './request-state.js';

/**
 * The session of one request. It is read once, however many ask for it, and then seen as this request last wrote it.
 * Writes run one after another. A cookie is set only after the store has acknowledged the write.
 */
export class RequestSession {
  readonly #repository: SessionRepository;
  readonly #cookie: RequestCookie;
  readonly #writes = new WriteQueue();
  #state: RequestState;

  constructor(repository: SessionRepository, cookie: RequestCookie) {
    this.#repository = repository;
    this.#cookie = cookie;
    this.#state = initial(cookie.id);
  }

  get context(): RequestContext {
    return this.#repository.context;
  }

  /** The longest `maxAge` that a session may have, in seconds. */
  get longestLifetime(): number {
    return this.#repository.longestLifetime;
  }

  /** Whether this request created the session. */
  get isNew(): boolean {
    return isPresent(this.#state) && this.#state.touched === 'created';
  }

  /** Returns the session, or null. Asks the store once: a read that failed stays failed until `reload`. */
  read(): Promise<StoredSession | null> {
    const state = this.#state;
    if (state.is === 'read') return state.copy;
    if (state.is !== 'unread') return Promise.resolve(null);
    const copy = this.#repository.find(state.id);
    this.#state = { ...state, is: 'read', copy };
    return copy;
  }

  /**
   * Reads the session again and returns it, before something is done in its name. Returns null for a visitor without one.
   *
   * @throws ERR_SESSION_GONE if it ended or moved to a new ID under this request.
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

  /** Drops the copy after the writes under way, so that the next read asks the store. */
  reload(): Promise<void> {
    return this.#writes.add(async () => {
      const state = this.#state;
      if (state.is !== 'read') return;
      const saw = await state.copy.catch(() => null);
      this.#state = unread(state, saw !== null);
    });
  }

  /** Changes the live session, or creates one. */
  write(scope: Scope, change: Change): Promise<void> {
    return this.#withAccess(scope, async (access) => {
      if (!(await this.#changeLive(scope, access, change))) await this.#create(scope, access, change);
    });
  }

  /** Changes the live session. Does nothing if there is none. */
  writeLive(scope: Scope, change: Change): Promise<void> {
    return this.#withAccess(scope, async (access) => void (await this.#changeLive(scope, access, change)));
  }

  /** Moves the live session to a new ID, or creates one. */
  regenerate(scope: Scope, change: Change): Promise<void> {
    return this.#withAccess(scope, async (access) => {
      if (access.kind !== 'full') throw access.reason;
      const now = this.context.clock.now();
      // What this request has written may belong to the signed-in user: a grace copy would show it to the old ID.
      const hasGrace = isPresent(this.#state) && this.#state.touched === 'no';
      const renamed: Change = (session) => ({ ...change(session), regeneratedAt: now });
      const stamped: Change = (session) => ({ ...renamed(session), cookieSentAt: now });
      const offer = this.#cookie.offer(scope, now);
      let unsettled: UnsettledMove | undefined;
      try {
        const moved = await this.#onLive((id, known) =>
          this.#repository.replace(id, known, stamped, hasGrace, offer.make).catch((error) => {
            unsettled = unsettledMove(error);
            return unsettled.successor;
          }),
        );
        if (moved) {
          this.#state = written(this.#state);
          this.context.telemetry.record({ type: 'regenerated' }, moved.id);
          this.#cookie.send(scope, moved, now);
        } else await this.#create(scope, access, renamed);
      } finally {
        offer.withdraw();
      }
      if (unsettled) throw unsettled.failure;
    });
  }

  /** Slides the idle timeout, and sends the cookie where one can be set. Does nothing without a live session. */
  touch(scope: Scope, maxAge: Session['maxAge'] | undefined): Promise<void> {
    return this.#writes.add(async () => {
      const access = await scope.writeAccess();
      if (maxAge !== undefined && access.kind !== 'full') throw access.reason;
      const known = await this.read();
      if (known?.is !== 'live') return;
      const now = this.context.clock.now();
      const sent = access.kind === 'full' && { cookieSentAt: now };
      const own = maxAge !== undefined && { maxAge };
      const dates: Change = (session) => ({ ...session, ...sent, ...own });
      const touched = await this.#onLive(() => this.#repository.touch(known, dates)).catch(nullIfGone);
      if (touched && access.kind === 'full') this.#cookie.send(scope, touched, now);
    });
  }

  /** Ends the session. The record goes first, then the cookie. */
  destroy(scope: Scope): Promise<void> {
    return this.#withAccess(scope, async (access) =>
      this.#ended(access, scope, isPresent(this.#state) ? await this.#delete(this.#state) : this.#state),
    );
  }

  /** Tells that this request itself has revoked its session. */
  revoked(scope: Scope): Promise<void> {
    return this.#writes.add(async () => this.#ended(await scope.writeAccess(), scope, absent(true)));
  }

  /** Runs a write in its turn, if the scope lets this request write. */
  #withAccess(scope: Scope, write: (access: WriteAccess) => Promise<void>): Promise<void> {
    return this.#writes.add(async () => write(requireAccess(await scope.writeAccess())));
  }

  async #changeLive(scope: Scope, access: WriteAccess, change: Change): Promise<LiveSession | null> {
    const now = this.context.clock.now();
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
      // Even after an error: the write may have taken effect.
      if (isWritten) this.#state = written(this.#state);
    }
  }

  /** Deletes the record, or the grace copy. Returns the state after that. */
  async #delete(state: Present): Promise<RequestState> {
    const known = (state.is === 'read' && (await state.copy.catch(() => null))) || undefined;
    const deleted = await this.#repository.delete(state.id, known).catch((error) => this.#failed(error));
    if (known?.is === 'superseded' || deleted === 'superseded') return lost('moved');
    if (deleted !== 'none') {
      this.context.telemetry.record({ type: 'destroyed', reason: 'signed_out' }, state.id);
    }
    return absent(!(known && deleted === 'none'));
  }

  /** Ends the session for this request. One that moved stays lost: the visitor has it under its new ID. */
  #ended(access: WriteAccess, scope: Scope, left: RequestState): void {
    this.#state = left.is === 'lost' && left.how === 'ended' ? absent(false) : left;
    const isToExpire = this.#state.is === 'absent' && this.#state.ownsCookie;
    if (isToExpire && access.kind === 'full') this.#cookie.expire(scope);
  }

  async #create(scope: Scope, access: WriteAccess, change: Change): Promise<void> {
    if (access.kind !== 'full') throw access.reason;
    const now = this.context.clock.now();
    const stamped: Change = (blank) => ({ ...change(blank), cookieSentAt: now });
    const live = await this.#repository.create(stamped, this.#cookie.sender(scope, now));
    this.#state = holding(live, 'created');
    this.context.telemetry.record({ type: 'created' }, live.id);
  }

  /** Runs `work` on the session if there may be one, and keeps the result as the request's copy. */
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
      return this.#failed(error, known !== undefined);
    }
  }

  #failed(error: unknown, wasLive = false): never {
    if (isGone(error) && this.#state.is !== 'lost') this.#lose('ended', error);
    // The write may have taken effect, so the copy may be wrong.
    if (error instanceof UnknownOutcome && this.#state.is === 'read')
      this.#state = unread(this.#state, wasLive);
    throw error;
  }

  /** Remembers that the session ended or moved under this request. */
  #lose(how: 'ended' | 'moved', error: unknown = sessionGone()): never {
    if (how === 'ended') {
      const id = isPresent(this.#state) ? this.#state.id : null;
      this.context.telemetry.record({ type: 'destroyed', reason: 'gone' }, id);
    }
    this.#state = lost(how, error);
    throw error;
  }
}
