import type { RequestCookie } from '../cookie/request-cookie.js';
import type { RequestContext } from '../gateway/request-context.js';
import type { Deadline } from '../lib/deadline.js';
import { isGone, nullIfGone, sessionGone } from '../lib/session-refusals.js';
import type { Session } from '../record/record.js';
import { refresh } from '../refresh/refresh.js';
import type { RefreshSubject } from '../refresh/refresh-subject.js';
import type { Change } from '../repository/change.js';
import type { LiveSession, StoredSession } from '../repository/session-ref.js';
import type { SessionRepository } from '../repository/session-repository.js';
import { type UnsettledMove, unsettledMove } from '../repository/unsettled-move.js';
import type { Scope } from '../scope/scope.js';
import { OperationQueue, type Turn } from './operation-queue.js';
import { RequestCopy } from './request-copy.js';

/** A write of the live session. The change also dates the cookie, if that is due. */
type LiveWrite = (
  id: string,
  known: LiveSession | undefined,
  change: Change,
) => Promise<StoredSession | null>;

/**
 * The session of one request. Writes run one after another. A cookie is set only after the store has acknowledged the write.
 */
export class RequestSession {
  readonly #repository: SessionRepository;
  readonly #cookie: RequestCookie;
  readonly #copy: RequestCopy;
  readonly #operations: OperationQueue;

  constructor(repository: SessionRepository, cookie: RequestCookie) {
    this.#repository = repository;
    this.#cookie = cookie;
    this.#copy = new RequestCopy(repository, cookie.ids);
    this.#operations = new OperationQueue(() => repository.newDeadline());
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
    return this.#copy.isNew;
  }

  /** Returns the session, or null. Asks the store once: a read that failed stays failed until `reload`. */
  read(): Promise<StoredSession | null> {
    return this.#copy.read();
  }

  /**
   * Reads the session again and returns it, before something is done in its name. Returns null for a visitor without one.
   *
   * @throws ERR_SESSION_GONE if it ended or moved to a new ID under this request.
   */
  confirm(): Promise<LiveSession | null> {
    return this.#operations.add((deadline) => this.#copy.confirm(deadline));
  }

  /** Drops the copy after the writes under way, so that the next read asks the store. */
  reload(): Promise<void> {
    return this.#operations.add(() => this.#copy.reload());
  }

  /** Returns the value of a key, made fresh; null without a session or the key. Holds up no other operation. */
  async refresh(scope: Scope, subject: RefreshSubject): Promise<unknown> {
    const known = await this.#copy.read();
    if (!known || !Object.hasOwn(known.session.data, subject.key)) return null;
    const value = known.session.data[subject.key];
    if (subject.isFresh(value)) return value;
    await scope.untilNavigation?.();
    // A grace copy: the session has moved to an ID that this request does not know.
    if (known.is === 'superseded') throw sessionGone();
    try {
      return await refresh(this.#repository, known, subject).finally(() => this.#copy.drop());
    } catch (error) {
      if (!isGone(error) || this.isNew) throw error;
      // This request itself may have given the session its new ID meanwhile.
      const own = await this.confirm();
      if (own && own.id !== known.id) return this.refresh(scope, subject);
      throw error;
    }
  }

  /** Changes the live session, or creates one. */
  write(scope: Scope, change: Change): Promise<void> {
    return this.#operations.addWrite(scope, async (turn) => {
      if (!(await this.#changeLive(turn, change))) await this.#create(turn, change);
    });
  }

  /** Changes the live session. Does nothing without one. */
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
      const hasGrace = this.#copy.isUntouched;
      const renamed: Change = (session) => ({ ...change(session), regeneratedAt: now });
      const stamped: Change = (session) => ({ ...renamed(session), cookieSentAt: now });
      const offer = this.#cookie.offer(scope, now);
      let unsettled: UnsettledMove | undefined;
      try {
        const moved = await this.#copy.write(deadline, (id, known) =>
          this.#repository.replace(id, known, stamped, hasGrace, offer.make, deadline).catch((error) => {
            unsettled = unsettledMove(error);
            return unsettled.successor;
          }),
        );
        if (moved) {
          this.#copy.markWritten();
          this.context.telemetry.record({ type: 'regenerated' }, moved.id);
          this.#cookie.send(scope, moved, now);
        } else await this.#create(turn, renamed);
      } finally {
        offer.withdraw();
      }
      if (unsettled) throw unsettled.failure;
    });
  }

  /** Slides the idle timeout, and sends the cookie where that is due and can be done. Does nothing without a live session. */
  touch(scope: Scope, maxAge: Session['maxAge'] | undefined): Promise<void> {
    return this.#operations.add(async (deadline) => {
      const access = await scope.writeAccess();
      if (maxAge !== undefined && access.kind !== 'full') throw access.reason;
      const live = await this.#copy.read(deadline);
      if (live?.is !== 'live') return;
      const change: Change = (session) => ({ ...session, ...(maxAge !== undefined && { maxAge }) });
      const touch: LiveWrite = (_id, _known, dated) => this.#repository.touch(live, dated, deadline);
      await this.#writeLive({ scope, access, deadline }, change, touch).catch(nullIfGone);
    });
  }

  /** Ends the session, and others that cookies of this request prove. The records go first, then the cookie. */
  destroy(scope: Scope): Promise<void> {
    return this.#operations.addWrite(scope, async ({ access, deadline }) => {
      const isToExpire = await this.#copy.end(deadline);
      if (isToExpire && access.kind === 'full') this.#cookie.expire(scope);
    });
  }

  /** Tells that this request itself has revoked its session. */
  revoked(scope: Scope): Promise<void> {
    return this.#operations.add(async () => {
      const access = await scope.writeAccess();
      this.#copy.revoked();
      if (access.kind === 'full') this.#cookie.expire(scope);
    });
  }

  #changeLive(turn: Turn, change: Change): Promise<LiveSession | null> {
    const write: LiveWrite = (id, known, dated) => this.#repository.change(id, known, dated, turn.deadline);
    return this.#writeLive(turn, change, write);
  }

  /** Writes the live session. Sends the cookie with it if that is due and can be done. */
  async #writeLive(
    { scope, access, deadline }: Turn,
    change: Change,
    write: LiveWrite,
  ): Promise<LiveSession | null> {
    const now = this.context.clock.now();
    let isWritten = false;
    let isSent = false;
    const dated = (id: string) => (session: Session) => {
      const next = change(session);
      isWritten ||= next.data !== session.data;
      isSent = next !== session && access.kind === 'full' && this.#cookie.isDue(id, session, next, now);
      return isSent ? { ...next, cookieSentAt: now } : next;
    };
    try {
      let before: LiveSession | undefined;
      const live = await this.#copy.write(deadline, (id, known) => {
        before = known;
        return write(id, known, dated(id));
      });
      // The same one: the store took no write.
      if (!live || live === before || !isSent) return live;
      if (scope.begun()) return await this.#noteUnsent(live, deadline);
      this.#cookie.send(scope, live, now);
      return live;
    } finally {
      // Even after an error: the write may have taken effect.
      if (isWritten) this.#copy.markWritten();
    }
  }

  /** The response began during the write, which nobody awaits. The next write then sends the cookie. */
  #noteUnsent(live: LiveSession, deadline: Deadline): Promise<LiveSession | null> {
    const unsent: Change = (session) => ({ ...session, cookieSentAt: null });
    return this.#copy.write(deadline, (id) => this.#repository.change(id, live, unsent, deadline));
  }

  async #create({ scope, access, deadline }: Turn, change: Change): Promise<void> {
    if (access.kind !== 'full') throw access.reason;
    const now = this.context.clock.now();
    const stamped: Change = (blank) => ({ ...change(blank), cookieSentAt: now });
    const live = await this.#repository.create(stamped, this.#cookie.sender(scope, now), deadline);
    this.#copy.created(live);
    this.context.telemetry.record({ type: 'created' }, live.id);
  }
}
