import { SessionError } from '../lib/errors.js';
import { noRequest } from '../lib/session-refusals.js';
import { refuseUnknown } from '../lib/unknown-option.js';
import type { ResolvedOptions } from '../options/options.js';
import type { Session } from '../record/record.js';
import { entryFor, ownersOf } from '../repository/index-entry.js';
import type { Choice, SessionIndex } from '../repository/session-index.js';
import type { StoredSession } from '../repository/session-ref.js';
import type { UserEntry } from '../repository/user-entry.js';
import { formatPlace, placeAfter, placeOf } from './list-place.js';
import { listedData } from './listed-data.js';
import type { RequestPhase } from './request-phase.js';
import { sessionTimes } from './session-times.js';

/** One session of a user, as an account page may show it. Times are epoch milliseconds. */
export interface UserSession<Listed extends object = Record<string, unknown>> {
  /** The name of the session, for `revoke`. It is not the session ID and does not lead to it. */
  readonly handle: string;
  readonly createdAt: number;
  /** When the session was last used. At most `touchAfter` seconds behind. */
  readonly lastSeenAt: number;
  /** When the session ends if nobody uses it again. */
  readonly expiresAt: number;
  /** When the session last got a new ID, as at its sign-in; `null` if it never did. */
  readonly regeneratedAt: number | null;
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

/** Which part of a user's sessions to list. */
export interface ListOptions {
  /** How many sessions at most, from 1 to 1,000. @default 100 */
  limit?: number | undefined;
  /** Where the page before ended: its `cursor`. It may be untrusted input. @default the first page */
  cursor?: string | null | undefined;
}

/** A page of a user's sessions. */
export interface UserSessionPage<Listed extends object = Record<string, unknown>>
  extends Array<UserSession<Listed>> {
  /** Where the next page begins; `null` if this is the last one. */
  readonly cursor: string | null;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
/** How many sessions are held with all their data at a time. */
const AT_ONCE = 100;

/** The shape of a handle: a hash of the library. */
const HANDLE = /^[\w-]{1,64}$/;

/**
 * The sessions of one user, to list and to revoke. A revoked session reads as empty in the next request, on every server. A
 * request under way cannot write it or give it a new ID (`ERR_SESSION_GONE`).
 *
 * Revocation wins over everything that runs at the same time. A sign-in that runs at the same time either fails with
 * `ERR_SESSION_GONE`, or counts as one after the revocation.
 *
 * Every method may throw:
 * - `ERR_SESSION_STORE`, `ERR_SESSION_STORE_TIMEOUT`: the store failed
 * - `ERR_SESSION_OPTIONS`: the store has no index of users
 *
 * Those that revoke may throw:
 * - `ERR_SESSION_READ_ONLY`: in a Server Component
 * - `ERR_SESSION_GONE`: the session of this request has ended or moved to a new ID
 * - `ERR_SESSION_CONFLICT`: while the name of the cookie changes, sessions went on moving; revoke again
 */
export class UserSessions<Listed extends object = Record<string, unknown>> {
  /** What the store knows the user by: one key for each cookie name, that of the first name last. */
  readonly #keys: readonly string[];
  readonly #options: ResolvedOptions;
  readonly #locate: () => Promise<UserCall>;

  /** @internal */
  constructor(keys: readonly string[], options: ResolvedOptions, locate: () => Promise<UserCall>) {
    // A session moves to the index of the first name, at any moment. So a walk that ends with that one meets them all.
    this.#keys = keys.toReversed();
    this.#options = options;
    this.#locate = locate;
  }

  /**
   * Returns a page of the live sessions. Does not count as use of any. Works outside of requests too.
   *
   * A page has the sessions that signed in last, in the order of their last use. The next page has older ones.
   *
   * @returns an array with a `cursor`, for the next page. It may have fewer than `limit` sessions only if it is the last.
   * @throws ERR_SESSION_OPTIONS for a bad `limit`, and for an option that does not exist.
   * @example
   * const sessions = await session.user(userId).list({ limit: 20 });
   * const more = await session.user(userId).list({ limit: 20, cursor: sessions.cursor });
   */
  async list(options: ListOptions = {}): Promise<UserSessionPage<Listed>> {
    refuseUnknown('session.user(…).list()', options, ['limit', 'cursor'], {});
    const { limit = DEFAULT_LIMIT, cursor: start } = options;
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw badLimit();
    const { index, phase } = await this.#locate();
    const own = (await phase?.request.read()) ?? null;
    const now = index.context.clock.now();
    const sessions = new Map<string, UserSession<Listed>>();
    let place = placeOf(start, this.#keys);
    while (place !== null && sessions.size < limit) {
      // Entries whose sessions have ended leave room for more.
      const wanted = Math.min(limit - sessions.size, AT_ONCE);
      const { entries, cursor } = await index.list(place.key, wanted, place.cursor);
      for (const entry of entries) {
        // One that has moved is in another index, and on the page of that one.
        if (!entry.session || !ownersOf(entry.session, this.#options).includes(place.key)) continue;
        sessions.set(entry.id, this.#show(entry.id, entry.session, this.#isOwn(entry, own), now));
      }
      place = cursor === null ? placeAfter(place, this.#keys) : { ...place, cursor };
    }
    const page = [...sessions.values()].sort((a, b) => b.lastSeenAt - a.lastSeenAt);
    return Object.defineProperty(page, 'cursor', {
      value: place && formatPlace(place),
    }) as UserSessionPage<Listed>;
  }

  /**
   * Revokes one session. Works outside of requests too.
   *
   * @param handle from `list`. It may be untrusted input.
   * @returns false if the handle is unknown or belongs to another user.
   */
  async revoke(handle: string): Promise<boolean> {
    const call = await this.#locate();
    const only = typeof handle === 'string' && HANDLE.test(handle) ? [handle] : [];
    return (await this.#revoke(call, () => ({ only }))).entries > 0;
  }

  /**
   * Revokes all sessions, for example after a change of password. Works outside of requests too.
   *
   * @returns how many. One that a request under way ends itself at that moment, because it is revoked, may not be counted.
   */
  async revokeAll(): Promise<number> {
    return (await this.#revoke(await this.#locate(), () => ({}))).sessions;
  }

  /**
   * Revokes all sessions except the one of this request. Returns how many.
   *
   * @throws ERR_SESSION_NO_REQUEST outside of a request: only a request has a session to keep.
   */
  async revokeOthers(): Promise<number> {
    const call = await this.#locate();
    if (!call.phase) throw noRequest();
    const others = (own: StoredSession | null) => ({ except: this.#entriesOf(own) });
    return (await this.#revoke(call, others)).sessions;
  }

  /** Returns how many entries of the index were revoked, and how many of them still had a session. */
  async #revoke(
    { index, phase }: UserCall,
    choose: (own: StoredSession | null) => Choice,
  ): Promise<{ entries: number; sessions: number }> {
    await refuseInRender(phase);
    const own = (await phase?.request.confirm()) ?? null;
    const count = { entries: 0, sessions: 0 };
    let failure: { readonly error: unknown } | undefined;
    const choice = choose(own);
    for await (const { revoked, failures } of index.revokeInAll(this.#keys, choice, 'revoked')) {
      count.entries += revoked.length;
      for (const entry of revoked) {
        if (!entry.isSession) continue;
        count.sessions += 1;
        index.context.telemetry.record({ type: 'destroyed', reason: 'revoked' });
        if (phase && this.#isOwn(entry, own)) await phase.request.revoked(phase.scope);
      }
      if (failures.length > 0) failure ??= { error: failures[0] };
    }
    if (failure) throw failure.error;
    return count;
  }

  #isOwn({ id }: UserEntry, own: StoredSession | null): boolean {
    return this.#entriesOf(own).includes(id);
  }

  /** Returns the names of the entries that a session has in the indices of this user. An entry that moves keeps its name. */
  #entriesOf(own: StoredSession | null): string[] {
    return this.#keys.flatMap((key) => (own && entryFor(own.session, key)?.id) ?? []);
  }

  #show(handle: string, session: Session, current: boolean, now: number): UserSession<Listed> {
    return {
      handle,
      ...sessionTimes(session, now),
      current,
      data: listedData(session.data, this.#options) as Listed,
    };
  }
}

/** A render must not revoke: Next may render a page that nobody asked for, ahead of time or again. */
async function refuseInRender(phase: RequestPhase | null): Promise<void> {
  const access = await phase?.scope.writeAccess();
  if (access?.kind === 'none' && access.reason.code === 'ERR_SESSION_READ_ONLY') throw access.reason;
}

function badLimit(): SessionError {
  return new SessionError(
    'ERR_SESSION_OPTIONS',
    `limit of session.user(…).list(): give a whole number from 1 to ${MAX_LIMIT}.`,
  );
}
