import { copyData } from '../lib/json.js';
import { noRequest } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import type { Session } from '../record/record.js';
import { sessionHandle } from '../record/session-id.js';
import type { SessionIndex, UserEntry } from '../repository/session-index.js';
import type { StoredSession } from '../repository/session-ref.js';
import type { RequestPhase } from './request-phase.js';

/** One session of a user, as an account page may show it. Times are epoch milliseconds. */
export interface UserSession<Listed extends object = Record<string, unknown>> {
  /** The name of the session, for `revoke`. It is not the session ID and does not lead to it. */
  readonly handle: string;
  readonly createdAt: number;
  /** When the session was last used. At most `touchAfter` seconds behind. */
  readonly lastSeenAt: number;
  /** When the session ends if nobody uses it again. */
  readonly expiresAt: number;
  /** Whether it is the session of this request. False outside of requests. */
  readonly current: boolean;
  /** What the `listed` option shows of the data. */
  readonly data: Listed;
}

/** Where a call on the sessions of a user is made. */
export interface UserCall {
  readonly index: SessionIndex;
  /** The phase of the request; null outside of requests. */
  readonly phase: RequestPhase | null;
}

/** Chooses which of a user's sessions to revoke. `own` is the session of this request. */
type ChooseOwn = (
  records: readonly UserEntry[],
  own: StoredSession | null,
) => readonly UserEntry[] | Promise<readonly UserEntry[]>;

/**
 * The sessions of one user, to list and to revoke. A revoked session reads as empty in the next request, on every server. A
 * request under way cannot write it (`ERR_SESSION_GONE`). Sessions that are created at the same time may be missed.
 *
 * Every method may throw:
 * - `ERR_SESSION_STORE`, `ERR_SESSION_STORE_TIMEOUT`: the store failed
 * - `ERR_SESSION_OPTIONS`: the store has no index of users
 *
 * Those that revoke may throw:
 * - `ERR_SESSION_READ_ONLY`: in a Server Component
 * - `ERR_SESSION_GONE`: the session of this request has ended or moved to a new ID
 * - `ERR_SESSION_CONFLICT`: sessions kept getting new IDs meanwhile
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

  /** Returns the live sessions, the last used first. Does not count as use of any. Works outside of requests too. */
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
   * Revokes one session. Works outside of requests too.
   *
   * @param handle from `list`. It may be untrusted input.
   * @returns false if the handle is unknown or belongs to another user.
   */
  async revoke(handle: string): Promise<boolean> {
    const matches = (key: string) => sessionHandle(key) === handle;
    const ended = await this.#revoke(await this.#locate(), (records) =>
      records.filter((record) => keysOf(record).some(matches)),
    );
    return ended > 0;
  }

  /** Revokes all sessions, for example after a change of password. Returns how many. Works outside of requests too. */
  async revokeAll(): Promise<number> {
    return this.#revoke(await this.#locate(), (records) => records);
  }

  /**
   * Revokes all sessions except the one of this request. Returns how many.
   *
   * @throws ERR_SESSION_NO_REQUEST outside of a request, where there is none to keep.
   */
  async revokeOthers(): Promise<number> {
    const call = await this.#locate();
    const { phase } = call;
    if (!phase) throw noRequest();
    return this.#revoke(call, async (records, own) => {
      // If the list does not have it, it may be one of the others by now, under a new ID.
      const isPresent = records.some((record) => record.is !== 'over' && isOf(record, own));
      if (own?.session.user === this.#user && !isPresent) await phase.request.confirm();
      return records.filter((record) => !isOf(record, own));
    });
  }

  async #revoke({ index, phase }: UserCall, choose: ChooseOwn): Promise<number> {
    await refuseInRender(phase);
    const own = (await phase?.request.confirm()) ?? null;
    /** A session that got a new ID meanwhile is revoked twice, and counts once. */
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

/** Returns the key of a session, and those of its grace copies: a session with a new ID is the same session. */
function keysOf(record: UserEntry): string[] {
  return record.is === 'live'
    ? [record.key, ...record.session.graceCopies.map(({ key }) => key)]
    : [record.key];
}

function isOf(record: UserEntry, own: StoredSession | null): boolean {
  return own !== null && keysOf(record).includes(own.key);
}

/** A render must not revoke: Next may render a page that nobody asked for, ahead of time or again. */
async function refuseInRender(phase: RequestPhase | null): Promise<void> {
  const access = await phase?.scope.writeAccess();
  if (access?.kind === 'none' && access.reason.code === 'ERR_SESSION_READ_ONLY') throw access.reason;
}
