import { copyData } from '../lib/json.js';
import { noRequest, revocationConflict } from '../lib/session-refusals.js';
import type { ResolvedOptions } from '../options/options.js';
import type { Session } from '../record/record.js';
import { sessionHandle } from '../record/session-id.js';
import type { SessionIndex, UserRecord } from '../repository/session-index.js';
import type { LiveSession } from '../repository/stored-session.js';
import { currentTime } from '../test-seam/surroundings.js';
import type { Place } from './place.js';

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

/** Which of a user's sessions are to end, for a request with a session of its own or none. */
type Choose = (
  records: readonly UserRecord[],
  own: LiveSession | null,
) => readonly UserRecord[] | Promise<readonly UserRecord[]>;

/** How often the list is read, until it holds nothing new. */
const MAX_ROUNDS = 10;

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
  readonly #index: SessionIndex;
  readonly #listed: ResolvedOptions['listed'];
  readonly #here: () => Promise<Place | null>;

  /** @internal */
  constructor(
    user: string,
    index: SessionIndex,
    { listed }: ResolvedOptions,
    here: () => Promise<Place | null>,
  ) {
    this.#user = user;
    this.#index = index;
    this.#listed = listed;
    this.#here = here;
  }

  /** The sessions that live, the last seen first. Starts no idle timeout anew. Works outside of requests too. */
  async list(): Promise<UserSession<Listed>[]> {
    const own = (await (await this.#here())?.request.read()) ?? null;
    const { records } = await this.#index.list(this.#user);
    const sessions = records.flatMap((record) => {
      const { key, session, isLive } = record;
      return isLive && session ? [this.#show(key, session, isOf(record, own))] : [];
    });
    return sessions.sort((a, b) => b.lastSeenAt - a.lastSeenAt);
  }

  /**
   * Ends one session; whether it was there. Only among this user's: a handle of anybody else's is none. Works outside
   * of requests too.
   *
   * @param handle of `list`. Untrusted input is fine.
   */
  async revoke(handle: string): Promise<boolean> {
    const isIt = (key: string) => sessionHandle(key) === handle;
    const ended = await this.#end(await this.#here(), (records) =>
      records.filter((record) => keysOf(record).some(isIt)),
    );
    return ended > 0;
  }

  /** Ends all sessions, as when the password changed; how many. Works outside of requests too. */
  async revokeAll(): Promise<number> {
    return this.#end(await this.#here(), (records) => records);
  }

  /**
   * Ends all sessions but the one of this request; how many.
   *
   * @throws ERR_SESSION_NO_REQUEST outside of a request: there it could not tell which one to keep.
   */
  async revokeOthers(): Promise<number> {
    const here = await this.#here();
    if (!here) throw noRequest();
    return this.#end(here, async (records, own) => {
      // If it is not there, it may be one of the others by now.
      const isThere = records.some((record) => record.isLive && isOf(record, own));
      if (own?.session.user === this.#user && !isThere) await here.request.confirm();
      return records.filter((record) => !isOf(record, own));
    });
  }

  async #end(here: Place | null, choose: Choose): Promise<number> {
    await refuseInRender(here);
    const own = (await here?.request.confirm()) ?? null;
    const seen = new Set<string>();
    const counted = new Set<string>();
    let count = 0;
    for (let round = 1; ; round++) {
      const { keys, records } = await this.#index.list(this.#user);
      const chosen = await choose(records, own);
      // A session that moved while the list was read is in none of its records, but its new ID is in the next list.
      const isDone = chosen.length === 0 && (round === MAX_ROUNDS || keys.every((key) => seen.has(key)));
      if (isDone) return count;
      for (const key of keys) seen.add(key);
      const { keys: gone, failures } = await this.#index.end(this.#user, chosen);
      const ended = chosen.filter(({ key, isLive }) => isLive && gone.has(key));
      count += ended.filter((record) => !keysOf(record).some((key) => counted.has(key))).length;
      for (const { key } of ended) counted.add(key);
      if (here && own && gone.has(own.key)) await here.request.revoked(here.scope);
      if (failures.length > 0) throw failures[0];
      if (round === MAX_ROUNDS) throw revocationConflict();
    }
  }

  #show(key: string, { createdAt, lastSeenAt, expiresAt, data }: Session, current: boolean) {
    const now = currentTime();
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

/** The key of a record and of its old IDs: a session that got a new one meanwhile is the same session. */
function keysOf({ key, session }: UserRecord): string[] {
  return [key, ...(session?.predecessors ?? []).map((old) => old.key)];
}

function isOf(record: UserRecord, own: LiveSession | null): boolean {
  return own !== null && keysOf(record).includes(own.key);
}

/** Next may render a page for nobody who asked for it: ahead, or again. */
async function refuseInRender(here: Place | null): Promise<void> {
  const access = await here?.scope.writeAccess();
  if (access?.kind === 'none' && access.reason.code === 'ERR_SESSION_READ_ONLY') throw access.reason;
}
