import { UnknownOutcome } from '../gateway/store-failures.js';
import type { Deadline } from '../lib/deadline.js';
import { isGone, sessionGone } from '../lib/session-refusals.js';
import type { LiveSession, StoredSession } from '../repository/session-ref.js';
import type { SessionRepository } from '../repository/session-repository.js';
import type { Deleted } from '../repository/sign-out.js';
import {
  absent,
  alternatives,
  found,
  holding,
  initial,
  isPresent,
  lost,
  type Present,
  type RequestState,
  unread,
  unseen,
  written,
} from './request-state.js';

/** A request's copy of its session: read once, however many ask for it, and then as the request last wrote it. */
export class RequestCopy {
  readonly #repository: SessionRepository;
  #state: RequestState;

  /** @param ids that the cookies of the request prove, in the order in which they count. */
  constructor(repository: SessionRepository, ids: readonly string[]) {
    this.#repository = repository;
    this.#state = initial(ids);
  }

  /** Whether this request created the session. */
  get isNew(): boolean {
    return isPresent(this.#state) && this.#state.touched === 'created';
  }

  /** Whether this request has not written the session that it may have. */
  get isUntouched(): boolean {
    return isPresent(this.#state) && this.#state.touched === 'no';
  }

  /** Returns the session, or null. Asks the store once: a read that failed stays failed until `reload`. */
  read(deadline?: Deadline): Promise<StoredSession | null> {
    const state = this.#state;
    if (state.is === 'read') return state.copy;
    if (state.is !== 'unread') return Promise.resolve(null);
    const others = alternatives(state);
    const copy =
      others.length > 0
        ? this.#findFirst([state.id, ...others], deadline)
        : this.#repository.find(state.id, deadline, state.near);
    this.#state = { ...state, is: 'read', copy };
    return copy;
  }

  /** Reads the session again. See `confirm` of RequestSession. */
  async confirm(deadline: Deadline): Promise<LiveSession | null> {
    if (this.#state.is === 'lost') throw this.#state.error;
    const known = await this.read(deadline);
    if (!known) return this.#loseIfSeen();
    const current = known.is === 'live' ? await this.#repository.find(known.id, deadline) : known;
    if (!current) return this.#lose('ended');
    return current.is === 'live' ? current : this.#lose('moved');
  }

  /** Drops the copy of a live session, as others have changed it. Waits for nothing. */
  drop(): void {
    if (this.#state.is === 'read') this.#state = unread(this.#state, true);
  }

  /** Drops the copy, so that the next read asks the store. */
  async reload(): Promise<void> {
    if (this.#state.is !== 'read') return;
    const saw = await this.#state.copy.catch(() => null);
    if (isPresent(this.#state)) this.#state = unread(this.#state, saw !== null);
  }

  /** Runs `work` on the session if there may be one, and keeps the result. */
  async write(
    deadline: Deadline,
    work: (id: string, known: LiveSession | undefined) => Promise<StoredSession | null>,
  ): Promise<LiveSession | null> {
    const state = this.#state;
    if (state.is === 'lost') throw state.error;
    if (state.is === 'absent') return null;
    // A write of the only ID there may be reads it itself.
    const isRead = state.is === 'read' || alternatives(state).length > 0;
    const known = isRead ? await this.read(deadline) : undefined;
    if (known === null) return null;
    if (known?.is === 'superseded') return this.#lose('moved');
    try {
      const left = await work(known?.id ?? state.id, known);
      if (left?.is === 'superseded') return this.#lose('moved');
      if (!left) this.#loseIfSeen();
      this.#state = left ? holding(this.#state, left, state.touched) : absent(this.#state, true);
      return left;
    } catch (error) {
      if (isGone(error) && this.#state.is !== 'lost') this.#lose('ended', error);
      // The write found a live session, and may have taken effect, so the copy may be wrong.
      if (error instanceof UnknownOutcome && isPresent(this.#state)) this.#state = unread(this.#state, true);
      throw error;
    }
  }

  /** Remembers that the request tried to write the session. */
  markWritten(): void {
    this.#state = written(this.#state);
  }

  /** Keeps a session that the request has created. */
  created(live: LiveSession): void {
    this.#state = holding(this.#state, live, 'created');
  }

  /** Deletes the records of all sessions that the cookies prove. Returns whether their cookie is to be expired. */
  async end(deadline: Deadline): Promise<boolean> {
    const known = this.#state.is === 'read' ? await this.#state.copy.catch(() => null) : null;
    const state = this.#state;
    const own = isPresent(state) ? this.#delete(state, deadline, known ?? undefined) : state;
    const ended = await Promise.allSettled([own, ...state.others.map((id) => this.#end(id, deadline))]);
    const left = await own;
    // One that moved stays lost: the visitor has it under its new ID.
    const isOver = left.is === 'lost' && left.how === 'ended';
    // Those that could not be ended are left for another try.
    const others = state.others.filter((_, at) => ended[at + 1]?.status === 'rejected');
    this.#state = { ...(isOver ? absent(left, false) : left), others };
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
    return this.#state.is === 'absent' && this.#state.ownsCookie;
  }

  /** Forgets a session that the request has revoked. */
  revoked(): void {
    this.#state = absent(this.#state, true);
  }

  /** Ends the session of this request. Returns the state after that. */
  async #delete(state: Present, deadline: Deadline, known?: StoredSession): Promise<RequestState> {
    const deleted = await this.#end(state.id, deadline, known).catch((error) => {
      if (error instanceof UnknownOutcome) this.#state = unseen(state);
      throw error;
    });
    if (deleted === 'superseded') return lost(state, 'moved');
    return absent(state, !(known && deleted === 'none'));
  }

  /** Deletes the record of an ID, or the grace copy. */
  async #end(id: string, deadline: Deadline, known?: StoredSession): Promise<Deleted> {
    const deleted = await this.#repository.delete(id, known, deadline);
    if (deleted === 'live' || deleted === 'unknown') {
      this.#repository.context.telemetry.record({ type: 'destroyed', reason: 'signed_out' }, id);
    }
    return deleted;
  }

  /** Reads the first session that is live, else the first grace copy, and knows it by its ID from then on. */
  async #findFirst(
    ids: readonly string[],
    deadline = this.#repository.newDeadline(),
  ): Promise<StoredSession | null> {
    let first: StoredSession | null = null;
    for (const id of ids) {
      const session = await this.#repository.find(id, deadline);
      if (session?.is === 'live') {
        first = session;
        break;
      }
      first ??= session;
    }
    const state = this.#state;
    // Not if a sign-out has overtaken this read, and a write has begun another session.
    if (first && isPresent(state) && state.id === ids[0]) this.#state = found(state, first.id);
    return first;
  }

  /** The store has no session. If this request has seen one, it has ended under it. */
  #loseIfSeen(): null {
    return isPresent(this.#state) && this.#state.wasLive ? this.#lose('ended') : null;
  }

  /** Remembers that the session ended or moved under this request. */
  #lose(how: 'ended' | 'moved', error: unknown = sessionGone()): never {
    if (how === 'ended') {
      const id = isPresent(this.#state) ? this.#state.id : null;
      this.#repository.context.telemetry.record({ type: 'destroyed', reason: 'gone' }, id);
    }
    this.#state = lost(this.#state, how, error);
    throw error;
  }
}
