import type { RequestCookie } from '../cookie/request-cookie.js';
import type { Deadline } from '../gateway/deadline.js';
import type { RequestContext } from '../gateway/request-context.js';
import { UnknownOutcome } from '../gateway/store-failures.js';
import { isGone, nullIfGone, sessionGone } from '../lib/session-refusals.js';
import type { Session } from '../record/record.js';
import type { Change } from '../repository/change.js';
import type { LiveSession, StoredSession } from '../repository/session-ref.js';
import type { SessionRepository } from '../repository/session-repository.js';
import { type UnsettledMove, unsettledMove } from '../repository/unsettled-move.js';
import type { Scope, WriteAccess } from '../scope/scope.js';
import { OperationQueue, type Turn } from './operation-queue.js';
import { absent, holding, initial, isPresent, lost, type RequestState, unread } from './request-state.js';

/**
 * The session of one request. It is read once, however many ask for it, and then seen as this request last wrote it.
 * Writes run one after another. A cookie is set only after the store has acknowledged the write.
 */
export class RequestSession {
  readonly #repository: SessionRepository;
  readonly #cookie: RequestCookie;
  readonly #operations: OperationQueue;
  #state: RequestState;

  constructor(repository: SessionRepository, cookie: RequestCookie) {
    this.#repository = repository;
    this.#operations = new OperationQueue(() => repository.newDeadline());
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
  read(deadline?: Deadline): Promise<StoredSession | null> {
    const state = this.#state;
    if (state.is === 'read') return state.copy;
    if (state.is !== 'unread') return Promise.resolve(null);
    const copy = this.#repository.find(state.id, deadline);
    this.#state = { ...state, is: 'read', copy };
    return copy;
  }

  /**
   * Reads the session again and returns it, before something is done in its name. Returns null for a visitor without one.
   *
   * @throws ERR_SESSION_GONE if it ended or moved to a new ID under this request.
   */
  confirm(): Promise<LiveSession | null> {
    return this.#operations.add(async (deadline) => {
      if (this.#state.is === 'lost') throw this.#state.error;
      const known = await this.read(deadline);
      if (!known) return isPresent(this.#state) && this.#state.wasLive ? this.#lose('ended') : null;
      const current = known.is === 'live' ? await this.#repository.find(known.id, deadline) : known;
      if (!current) return this.#lose('ended');
      return current.is === 'live' ? current : this.#lose('moved');
    });
  }

  /** Drops the copy after the writes under way, so that the next read asks the store. */
  reload(): Promise<void> {
    return this.#operations.add(async () => {
      const state = this.#state;
      if (state.is !== 'read') return;
      const saw = await state.copy.catch(() => null);
      this.#state = unread(state, saw !== null);
    });
  }

  /** Changes the live session, or creates one. */
  write(scope: Scope, change: Change): Promise<void> {
    return this.#operations.addWrite(scope, async (turn) => {
      if (!(await this.#changeLive(turn, change))) await this.#create(turn, change);
    });
  }

  /** Changes the live session. Does nothing if there is none. */
  writeLive(scope: Scope, change: Change): Promise<void> {
    return this.#operations.addWrite(scope, async (turn) => void (await this.#changeLive(turn, change)));
  }

  /** Moves the live session to a new ID, or creates one. */
  regenerate(scope: Scope, change: Change): Promise<void> {
    return this.#operations.addWrite(scope, async (turn) => {
      const { access, deadline } = turn;
      if (access.kind !== 'full') throw access.reason;
      const now = this.context.clock.now();
      // What this request has written may belong to the signed-in user: a grace copy would show it to the old ID.
      const hasGrace = isPresent(this.#state) && this.#state.touched === 'no';
      const renamed: Change = (session) => ({ ...change(session), regeneratedAt: now });
      const stamped: Change = (session) => ({ ...renamed(session), cookieSentAt: now });
      let unsettled: UnsettledMove | undefined;
      const moved = await this.#onLive((id, known) =>
        this.#repository.replace(id, known, stamped, hasGrace, deadline).catch((error) => {
          unsettled = unsettledMove(error);
          return unsettled.successor;
        }),
      );
      if (moved) {
        this.#markWritten();
        this.context.telemetry.record({ type: 'regenerated' }, moved.id);
        this.#cookie.send(scope, moved, now);
      } else await this.#create(turn, renamed);
      if (unsettled) throw unsettled.failure;
    });
  }

  /** Slides the idle timeout, and sends the cookie where one can be set. Does nothing without a live session. */
  touch(scope: Scope, maxAge: Session['maxAge'] | undefined): Promise<void> {
    return this.#operations.add(async (deadline) => {
      const access = await scope.writeAccess();
      if (maxAge !== undefined && access.kind !== 'full') throw access.reason;
      const known = await this.read(deadline);
      if (known?.is !== 'live') return;
      const now = this.context.clock.now();
      const sent = access.kind === 'full' && { cookieSentAt: now };
      const own = maxAge !== undefined && { maxAge };
      const dates: Change = (session) => ({ ...session, ...sent, ...own });
      const slide = () => this.#repository.touch(known, dates, deadline);
      const touched = await this.#onLive(slide).catch(nullIfGone);
      // The same one: the store took no write.
      if (touched && touched !== known && access.kind === 'full') this.#cookie.send(scope, touched, now);
    });
  }

  /** Ends the session. The record goes first, then the cookie. */
  destroy(scope: Scope): Promise<void> {
    return this.#operations.addWrite(scope, async ({ access, deadline }) =>
      this.#ended(scope, access, await this.#delete(this.#state, deadline)),
    );
  }

  /** Tells that this request itself has revoked its session. */
  revoked(scope: Scope): Promise<void> {
    return this.#operations.add(async () => this.#ended(scope, await scope.writeAccess(), absent(true)));
  }

  async #changeLive({ scope, access, deadline }: Turn, change: Change): Promise<LiveSession | null> {
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
      const live = await this.#onLive((id, known) => this.#repository.change(id, known, stamped, deadline));
      if (live && isSent) this.#cookie.send(scope, live, now);
      return live;
    } finally {
      // Even after an error: the write may have taken effect.
      if (isWritten) this.#markWritten();
    }
  }

  /** Deletes the record, or the grace copy. Returns the state after that. */
  async #delete(state: RequestState, deadline: Deadline): Promise<RequestState> {
    if (!isPresent(state)) return state;
    const known = (state.is === 'read' && (await state.copy.catch(() => null))) || undefined;
    const deleted = await this.#repository
      .delete(state.id, known, deadline)
      .catch((error) => this.#failed(error));
    if (known?.is === 'superseded' || deleted === 'superseded') return lost('moved');
    if (deleted !== 'none') {
      this.context.telemetry.record({ type: 'destroyed', reason: 'signed_out' }, state.id);
    }
    return absent(!(known && deleted === 'none'));
  }

  /** Ends the session for this request. One that moved stays lost: the visitor has it under its new ID. */
  #ended(scope: Scope, access: WriteAccess, left: RequestState): void {
    this.#state = left.is === 'lost' && left.how === 'ended' ? absent(false) : left;
    const isToExpire = this.#state.is === 'absent' && this.#state.ownsCookie;
    if (isToExpire && access.kind === 'full') this.#cookie.expire(scope);
  }

  async #create({ scope, access, deadline }: Turn, change: Change): Promise<void> {
    if (access.kind !== 'full') throw access.reason;
    const now = this.context.clock.now();
    const live = await this.#repository.create(
      (blank) => ({ ...change(blank), cookieSentAt: now }),
      deadline,
    );
    this.#state = holding(live, 'created');
    this.context.telemetry.record({ type: 'created' }, live.id);
    this.#cookie.send(scope, live, now);
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

  #markWritten(): void {
    if (isPresent(this.#state) && this.#state.touched === 'no') {
      this.#state = { ...this.#state, touched: 'written' };
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
