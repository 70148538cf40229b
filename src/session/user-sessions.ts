import { copyData } from '../lib/json.js';
import { noRequest } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import type { Session } from '../record/record.js';
import { sessionHandle } from '../record/session-id.js';
import type { SessionIndex, UserEntry } from '../repository/session-index.js';
import type { StoredSession } from '../repository/session-ref.js';
import type { RequestPhase } from './request-phase.js';

/** One of a user's sessions, as their account page may show it. Times are epoch milliseconds. */
export interface UserSession<Listed extends object = Record<string, unknown>> {
  /** What `revoke` takes. It is not the session ID, and leads to nothing else. */
  readonly handle: string;
  readonly createdAt: number;
  /** At most `touchAfter` behind. */
  readonly lastSeenAt: number;
  /** When the session ends if it is not used any more. */
  readonly expiresAt: number;
  /** Whether it is the session of the request that asks; never so outside of requests. */
  readonly current: boolean;
  /** What the `listed` option shows of its data. */
  readonly data: Listed;
}

/** Where a call on the sessions of a user is made. */
export interface UserCall {
  readonly index: SessionIndex;
  /** The request that it is made in; null outside of requests. */
  readonly phase: RequestPhase | null;
}

/** Which of a user's sessions are to end, for a request with a session of its own or none. */
type Choose = (
  records: readonly UserEntry[],
  own: StoredSession | null,
) => readonly UserEntry[] | Promise<readonly UserEntry[]>;

/**
 * The sessions of one user: list them, end them. What was revoked reads as empty in the next request, on every server;
 * a request that is under way cannot write it any more (`ERR_SESSION_GONE`).
 *
 * Every method may throw `ERR_SESSION_STORE` or `ERR_SESSION_STORE_TIMEOUT` when the store fails, and
 * `ERR_SESSION_OPTIONS` where there is no `user` option, or the store cannot keep the index that it needs. Those that
 * revoke throw `ERR_SESSION_READ_ONLY` in a Server Component, and `ERR_SESSION_GONE` in a request whose own session has
 * ended or moved on to a new ID. Sessions that are being created meanwhile may be missed.
 */
export class UserSessions<Listed extends object = Record<string, unknown>> {
  readonly #user: string;
  readonly #listed: ResolvedOptions['listed'];
  readonly #locate: () => Promise<UserCall>;

  /** @internal */
  constructor(user: string, { listed }: ResolvedOptions, locate: () => Promise<UserCall>) {
    this.#user = user;
    this.#listed = listed;
    this.#locate = locate;
  }

  /** The sessions that live, the last seen first. Starts no idle timeout anew. Works outside of requests too. */
  async list(): Promise<UserSession<Listed>[]> {
    const { index, phase } = await this.#locate();
    const own = (await phase?.request.read()) ?? null;
    const { records } = await index.list(this.#user);
    const now = index.context.clock.now();
    const sessions = records.flatMap((record) =>
      record.is === 'live' ? [this.#show(record.key, record.session, isOf(record, own), now)] : [],
    );
    return sessions.sort((a, b) => b.lastSeenAt - a.lastSeenAt);
  }

  /**
   * Ends one session; whether it was there. Only among this user's: a handle of anybody else's is none. Works outside
   * of requests too.
   *
   * @param handle of `list`. Untrusted input is fine.
   */
  async revoke(handle: string): Promise<boolean> {
    const matches = (key: string) => sessionHandle(key) === handle;
    const ended = await this.#revoke(await this.#locate(), (records) =>
      records.filter((record) => keysOf(record).some(matches)),
    );
    return ended > 0;
  }

  /** Ends all sessions, as when the password changed; how many. Works outside of requests too. */
  async revokeAll(): Promise<number> {
    return this.#revoke(await this.#locate(), (records) => records);
  }

  /**
   * Ends all sessions but the one of this request; how many.
   *
   * @throws ERR_SESSION_NO_REQUEST outside of a request: there it could not tell which one to keep.
   */
  async revokeOthers(): Promise<number> {
    const call = await this.#locate();
    const { phase } = call;
    if (!phase) throw noRequest();
    return this.#revoke(call, async (records, own) => {
      // If it is not there, it may be one of the others by now.
      const isPresent = records.some((record) => record.is !== 'over' && isOf(record, own));
      if (own?.session.user === this.#user && !isPresent) await phase.request.confirm();
      return records.filter((record) => !isOf(record, own));
    });
  }

  async #revoke({ index, phase }: UserCall, choose: Choose): Promise<number> {
    await refuseInRender(phase);
    const own = (await phase?.request.confirm()) ?? null;
    /** Sessions that got a new ID meanwhile, and so are met again, count once. */
    const counted = new Set<string>();
    let count = 0;
    const rounds = index.settle(this.#user, (records) => choose(records, own));
    for await (const { revoked, failures } of rounds) {
      for (const record of revoked) {
        if (record.is === 'over') continue;
        if (!keysOf(record).some((key) => counted.has(key))) count += 1;
        counted.add(record.key);
      }
      if (phase && own && revoked.some(({ key }) => key === own.key))
        await phase.request.revoked(phase.scope);
      if (failures.length > 0) throw failures[0];
    }
    return count;
  }

  #show(key: string, session: Session, current: boolean, now: number): UserSession<Listed> {
    const { createdAt, lastSeenAt, expiresAt, data } = session;
    return {
      handle: sessionHandle(key),
      createdAt: createdAt ?? now,
      lastSeenAt: lastSeenAt ?? now,
      expiresAt: expiresAt ?? now,
      current,
      data: this.#listed(copyData(data)) as Listed,
    };
  }
}

/** Returns the key of a record and of the copies under its old IDs: a session that got a new one is the same session. */
function keysOf(record: UserEntry): string[] {
  return record.is === 'live'
    ? [record.key, ...record.session.graceCopies.map(({ key }) => key)]
    : [record.key];
}

function isOf(record: UserEntry, own: StoredSession | null): boolean {
  return own !== null && keysOf(record).includes(own.key);
}

/** Next may render a page for nobody who asked for it: ahead, or again. */
async function refuseInRender(phase: RequestPhase | null): Promise<void> {
  const access = await phase?.scope.writeAccess();
  if (access?.kind === 'none' && access.reason.code === 'ERR_SESSION_READ_ONLY') throw access.reason;
}
