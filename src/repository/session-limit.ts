import { beginOperation } from '../gateway/operation.js';
import { Deadline } from '../lib/deadline.js';
import { copyData } from '../lib/json.js';
import { sessionGone, tooManySessions } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import type { Session, SessionEntry } from '../record/record.js';
import { keysOfUser, ownersOf, usersOf } from './index-entry.js';
import type { RecordRef } from './record-ref.js';
import type { SessionIndex } from './session-index.js';
import { SignInTurn } from './sign-in-turn.js';
import type { UserEntry } from './user-entry.js';

/** A sign-in: a write that passes a session to a user. */
export interface SignIn {
  /** The session as it will be. */
  readonly session: Session;
  /** The session as it was; undefined for one that is created. */
  readonly before: Session | undefined;
  /** Whether it gets a new ID, which nobody has learned yet. */
  readonly isNew: boolean;
}

/** The place that a sign-in takes among the sessions of its user. */
interface Place {
  readonly own: SessionEntry;
  /** The keys of the user. */
  readonly users: readonly string[];
  readonly max: number;
}

/** How many sessions are ended in one step. */
const PAGE = 100;

/** How many sessions a user may have at a time. */
export class SessionLimit {
  readonly #options: ResolvedOptions;
  readonly #index: SessionIndex;

  constructor(options: ResolvedOptions, index: SessionIndex) {
    this.#options = options;
    this.#index = index;
  }

  /**
   * Runs the write of a session. If it is a sign-in of a user who has a limit, no other one of that user runs meanwhile: each finds
   * what those before it wrote, so the limit is exact.
   *
   * @throws ERR_SESSION_LIMIT if there is no room and none is to be made; ERR_SESSION_GONE if that shows only after the write, and
   * the visitor has no other ID to go on with.
   */
  async keep<T>(ref: RecordRef, signIn: SignIn, write: () => Promise<T>): Promise<T> {
    const [own] = signIn.session.entries;
    const max = own ? this.#maxFor(own, signIn) : null;
    if (!own || max === null) return write();
    const place: Place = { own, users: keysOfUser(signIn.session, own.user, this.#options), max };
    const turn = new SignInTurn(this.#options, ref.operation, place.users);
    return turn.exclusively(async () => {
      const { written, isInTime } = await this.#alone(turn, place, write);
      if (isInTime || written === null) return written;
      try {
        await this.#checkAgain(place);
      } catch (error) {
        await this.#end([own.user], [own.id]);
        throw signIn.isNew ? error : sessionGone();
      }
      return written;
    });
  }

  /** Returns the limit. Returns null without one, and for a session that the user has already. */
  #maxFor({ user }: SessionEntry, { session, before }: SignIn): number | null {
    const { sessionLimit } = this.#options;
    if (!sessionLimit || (before && ownUserOf(before, this.#options) === user)) return null;
    return sessionLimit.max(copyData(session.data));
  }

  /** Makes room and writes, within the turn. Begins again if the turn ended before the write. */
  async #alone<T>(
    turn: SignInTurn,
    place: Place,
    write: () => Promise<T>,
  ): Promise<{ written: T; isInTime: boolean }> {
    for (;;) {
      const held = await turn.take();
      let done: { written: T } | undefined;
      let isInTime: boolean;
      try {
        await this.#makeRoom(place);
        if (!held.isOver) done = { written: await write() };
      } finally {
        isInTime = await held.giveBack();
      }
      if (done) return { ...done, isInTime };
    }
  }

  /** Another sign-in may have run during the write, and have counted without it. */
  async #checkAgain(place: Place): Promise<void> {
    const deadline = new Deadline(this.#options.storeTimeoutMs);
    const operation = await beginOperation(this.#index.context, deadline);
    await this.#alone(new SignInTurn(this.#options, operation, place.users), place, async () => {});
  }

  /** Ends the sessions that leave no room for one more, or refuses it. */
  async #makeRoom({ own, users, max }: Place): Promise<void> {
    const others = (await this.#sessionsOf(users)).filter((entry) => entry.id !== own.id);
    const excess = others.length - (max - 1);
    if (excess <= 0) return;
    if (this.#options.sessionLimit?.onReached === 'refuse') throw tooManySessions(max);
    others.sort((a, b) => lastUseOf(a) - lastUseOf(b));
    const ended = others.slice(0, excess).map((entry) => entry.id);
    for (let at = 0; at < ended.length; at += PAGE) await this.#end(users, ended.slice(at, at + PAGE));
  }

  /** Ends sessions as a revocation does, so none of them escapes to a new ID. */
  async #end(users: readonly string[], only: readonly string[]): Promise<void> {
    for await (const { revoked, failures } of this.#index.revokeInAll(users, { only }, 'limit')) {
      for (const { isSession } of revoked) {
        if (isSession) this.#index.context.telemetry.record({ type: 'destroyed', reason: 'limit' });
      }
      if (failures.length > 0) throw failures[0];
    }
  }

  /** Returns the sessions that a user has as their own, each once: one may move from a former cookie name to the first meanwhile. */
  async #sessionsOf(users: readonly string[]): Promise<UserEntry[]> {
    const sessions = new Map<string, UserEntry>();
    for (const user of users) {
      for (const entry of await this.#sessionsIn(user, users)) sessions.set(entry.id, entry);
    }
    return [...sessions.values()];
  }

  /** Returns the sessions in one index. An entry without one does not count: no sign-in is under way. */
  async #sessionsIn(user: string, users: readonly string[]): Promise<UserEntry[]> {
    const sessions: UserEntry[] = [];
    let cursor: string | null = null;
    do {
      const page = await this.#index.list(user, PAGE, cursor ?? undefined);
      for (const entry of page.entries) {
        const owner = entry.session && ownersOf(entry.session, this.#options)[0];
        if (owner && users.includes(owner)) sessions.push(entry);
      }
      cursor = page.cursor;
    } while (cursor !== null);
    return sessions;
  }
}

function lastUseOf({ session }: UserEntry): number {
  return session?.lastSeenAt ?? 0;
}

/** Returns whose session it is by its data: one that is not indexed yet is its user's all the same, and signs nobody in. */
function ownUserOf(session: Session, options: ResolvedOptions): string | undefined {
  try {
    return usersOf(session, options)[0];
  } catch {
    // The app's own function cannot take what was there before.
    return undefined;
  }
}
