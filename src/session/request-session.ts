import type { RequestCookie } from '../cookie/request-cookie.js';
import { SessionError } from '../lib/errors.js';
import { goOn } from '../lib/promise-like.js';
import { isGone, sessionGone } from '../lib/session-refusals.js';
import { WriteQueue } from '../lib/write-queue.js';
import type { Session } from '../record/record.js';
import type { Change, SessionRepository } from '../repository/session-repository.js';
import type { LiveSession } from '../repository/stored-session.js';
import type { Scope, WriteAccess } from '../scope/scope.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { currentTime } from '../test-seam/surroundings.js';

/**
 * The session of one request: read once, however many ask for it, and seen as this request last wrote it.
 *
 * Its writes run one after another, so that the first creates the session and the next finds it. A cookie is set
 * only after the store has acknowledged.
 */
export class RequestSession {
  readonly #repository: SessionRepository;
  readonly #cookie: RequestCookie;
  readonly #telemetry: Telemetry;
  /** The ID that the cookie proves, or of the session that this request made; null once there is none. */
  #id: string | null;
  /** What the store held at the one read, or after the last write. */
  #copy: Promise<LiveSession | null> | undefined;
  readonly #writes = new WriteQueue();
  #isNew = false;
  /** This request may have written the session: what it is now is not what it was before. */
  #hasWritten = false;
  /** There was a session: if there is none any more, it has ended. */
  #wasLive = false;
  /** What another request did to it. Gone may be moved too: the browser's cookie may then be of a new session. */
  #lost: 'moved' | 'gone' | undefined;
  /** Set when the session ended under this request, which then must not start another in its place. */
  #gone: unknown;

  constructor(repository: SessionRepository, cookie: RequestCookie, telemetry: Telemetry) {
    this.#repository = repository;
    this.#cookie = cookie;
    this.#telemetry = telemetry;
    this.#id = cookie.id;
  }

  /** Whether this request created the session. */
  get isNew(): boolean {
    return this.#isNew;
  }

  /** The live session, or null. A read that failed stays failed until `reload`: one store read a request. */
  read(): Promise<LiveSession | null> {
    this.#copy ??= this.#id === null ? Promise.resolve(null) : this.#repository.find(this.#id);
    return this.#copy;
  }

  /**
   * The session as the store holds it now, for what is done in its name; null for a visitor without one.
   *
   * @throws ERR_SESSION_GONE when it ended under this request, or moved on.
   */
  confirm(): Promise<LiveSession | null> {
    return this.#writes.add(async () => {
      if (this.#gone) throw this.#gone;
      const known = await this.read();
      if (!known) return this.#wasLive ? this.#failed(sessionGone()) : null;
      const live = known.session.frozen ? known : await this.#repository.find(known.id);
      return live && !this.#sawMove(live) ? live : this.#failed(sessionGone());
    });
  }

  /** Drops the copy, after the writes under way: the next read asks the store. */
  reload(): Promise<void> {
    return this.#writes.add(async () => {
      this.#wasLive ||= Boolean(await this.#copy?.catch(() => null));
      this.#copy = undefined;
    });
  }

  /** Changes the live session, or creates one. */
  write(scope: Scope, change: Change): Promise<void> {
    return this.#writes.add(async () => {
      const access = await writeAccess(scope);
      if (!(await this.#changeLive(scope, access, change))) await this.#create(scope, access, change);
    });
  }

  /** Changes the live session; does nothing when there is none. */
  writeLive(scope: Scope, change: Change): Promise<void> {
    return this.#writes.add(async () => {
      const access = await writeAccess(scope);
      await this.#changeLive(scope, access, change);
    });
  }

  /** Moves the live session to a new ID, or creates one. */
  regenerate(scope: Scope, change: Change): Promise<void> {
    return this.#writes.add(async () => {
      const access = await writeAccess(scope);
      if (access.kind !== 'full') throw access.reason;
      const now = currentTime();
      // What this request wrote is of after the sign-in: the old ID must not show it.
      const leavesCopy = !this.#hasWritten;
      const stamped: Change = (session) => ({ ...change(session), cookieSentAt: now });
      const moved = await this.#onLive((id, known) =>
        this.#repository.replace(id, known, stamped, leavesCopy),
      );
      if (moved) {
        this.#hasWritten = true;
        this.#telemetry.record({ type: 'regenerated' }, moved.id);
        this.#cookie.send(scope, moved, now);
      } else await this.#create(scope, access, change);
    });
  }

  /** Slides the idle timeout and sends the cookie anew where that can be; does nothing without a live session. */
  touch(scope: Scope, maxAge: number | undefined): Promise<void> {
    return this.#writes.add(async () => {
      const access = await scope.writeAccess();
      if (maxAge !== undefined && access.kind !== 'full') throw access.reason;
      const known = await this.read();
      if (!known || known.session.frozen) return;
      const now = currentTime();
      const sent = access.kind === 'full' ? { cookieSentAt: now } : {};
      const own = maxAge === undefined ? {} : { maxAge };
      const touched = await this.#onLive(() =>
        this.#repository.touch(known, (session) => ({ ...session, ...sent, ...own })),
      ).catch(ignoreGone);
      if (touched && access.kind === 'full') this.#cookie.send(scope, touched, now);
    });
  }

  /** Ends the session: the record first, then the cookie. */
  destroy(scope: Scope): Promise<void> {
    return this.#writes.add(async () => {
      const access = await writeAccess(scope);
      if (this.#id !== null) await this.#remove(this.#id);
      this.#leave(access, scope);
    });
  }

  /** Takes notice that the session was revoked, by this request itself. */
  revoked(scope: Scope): Promise<void> {
    return this.#writes.add(async () => this.#leave(await scope.writeAccess(), scope));
  }

  async #changeLive(scope: Scope, access: WriteAccess, change: Change): Promise<LiveSession | null> {
    const now = currentTime();
    let send = false;
    const stamped: Change = (session: Session) => {
      send = false;
      const next = change(session);
      if (next === session) return session;
      // Even if it seems to fail: whether a write took effect may be unknown.
      this.#hasWritten = true;
      send = access.kind === 'full' && this.#cookie.isStale(session, now);
      return send ? { ...next, cookieSentAt: now } : next;
    };
    const live = await this.#onLive((id, known) => this.#repository.change(id, known, stamped));
    if (live && send) this.#cookie.send(scope, live, now);
    return live;
  }

  /** Removes the record, or what is left of a session that has moved on. */
  async #remove(id: string): Promise<void> {
    const known = await this.#copy?.catch(() => undefined);
    const removed = await this.#repository.remove(id, known).catch((error) => this.#failed(error));
    if (this.#sawMove(known) || this.#sawMove(removed)) return;
    if (known && removed === null) this.#lost = 'gone';
    if (removed !== null) this.#telemetry.record({ type: 'destroyed', reason: 'signed_out' }, id);
  }

  /** After the end of the session. */
  #leave(access: WriteAccess, scope: Scope): void {
    this.#hold(null);
    this.#isNew = false;
    this.#gone = this.#lost === 'moved' ? sessionGone() : undefined;
    if (access.kind === 'full' && !this.#lost) this.#cookie.expire(scope);
  }

  async #create(scope: Scope, access: WriteAccess, change: Change): Promise<void> {
    if (access.kind !== 'full') throw access.reason;
    const now = currentTime();
    const live = await this.#repository.create((blank) => ({ ...change(blank), cookieSentAt: now }));
    this.#hold(live);
    this.#isNew = true;
    this.#hasWritten = true;
    this.#telemetry.record({ type: 'created' }, live.id);
    this.#cookie.send(scope, live, now);
  }

  /** Runs `work` on the session, if there may be one, and keeps what it left as the request's copy. */
  async #onLive(
    work: (id: string, known: LiveSession | undefined) => Promise<LiveSession | null>,
  ): Promise<LiveSession | null> {
    if (this.#gone) throw this.#gone;
    if (this.#id === null) return null;
    const known = this.#copy && (await this.#copy);
    if (known === null) return null;
    this.#wasLive ||= known !== undefined;
    try {
      const live = await work(this.#id, known);
      if (this.#sawMove(live)) throw sessionGone();
      this.#hold(live);
      return live;
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Whether this is what is left of a session that moved on; that is remembered. */
  #sawMove(live: LiveSession | null | undefined): boolean {
    if (live?.session.frozen) this.#lost = 'moved';
    return live?.session.frozen === true;
  }

  #hold(live: LiveSession | null): void {
    this.#id = live?.id ?? null;
    this.#copy = Promise.resolve(live);
    this.#wasLive = live !== null;
    if (live) this.#lost = undefined;
  }

  #failed(error: unknown): never {
    if (isGone(error)) {
      this.#gone = error;
      if (this.#lost !== 'moved') {
        this.#lost = 'gone';
        this.#telemetry.record({ type: 'destroyed', reason: 'gone' }, this.#id);
      }
      this.#hold(null);
    }
    // Whether a write that timed out took effect is unknown, so the copy may be wrong.
    if (SessionError.is(error) && error.code === 'ERR_SESSION_STORE_TIMEOUT') this.#copy = undefined;
    throw error;
  }
}

function writeAccess(scope: Scope): WriteAccess | Promise<WriteAccess> {
  return goOn(scope.writeAccess(), (access) => {
    if (access.kind === 'none') throw access.reason;
    return access;
  });
}

function ignoreGone(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}
