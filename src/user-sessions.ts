import { SessionError } from './errors.js';
import { copyData } from './json.js';
import type { ResolvedOptions } from './options.js';
import type { Place } from './place.js';
import { sessionHandle } from './session-id.js';
import type { SessionIndex, UserRecord } from './session-index.js';
import { currentTime } from './surroundings.js';

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

/** How often sessions that others change meanwhile are looked for again. */
const MAX_ROUNDS = 10;

/**
 * The sessions of one user: list them, end them. What was revoked reads as empty in the next request, on every server;
 * a request that is under way cannot write it any more (`ERR_SESSION_GONE`).
 *
 * Every method may throw `ERR_SESSION_STORE` or `ERR_SESSION_STORE_TIMEOUT` when the store fails, and
 * `ERR_SESSION_OPTIONS` where there is no `user` option, or the store cannot keep the index that it needs. Those that
 * revoke throw `ERR_SESSION_READ_ONLY` in a Server Component. Sessions that are being created meanwhile may be missed.
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
    const current = await currentKey(await this.#here());
    const records = (await this.#index.list(this.#user)).filter(isLive);
    const sessions = records.map((record) => this.#show(record, record.key === current));
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
    // One that has got a new ID since it was listed is the same session.
    const ended = await this.#end(
      ({ key, session }) => isIt(key) || session.predecessors.some((old) => isIt(old.key)),
    );
    return ended > 0;
  }

  /** Ends all sessions, as when the password changed; how many. Works outside of requests too. */
  revokeAll(): Promise<number> {
    return this.#end(() => true);
  }

  /**
   * Ends all sessions but the one of this request; how many.
   *
   * @throws ERR_SESSION_NO_REQUEST outside of a request: there it could not tell which one to keep.
   */
  async revokeOthers(): Promise<number> {
    const here = await this.#here();
    if (!here) throw noRequest();
    const current = await currentKey(here);
    return this.#end(({ key }) => key !== current);
  }

  async #end(choose: (record: UserRecord) => boolean): Promise<number> {
    const here = await this.#here();
    await refuseInRender(here);
    const current = await currentKey(here);
    let count = 0;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const chosen = (await this.#index.list(this.#user)).filter(choose);
      const ended = await this.#index.end(this.#user, chosen);
      count += chosen.filter((record) => isLive(record) && ended.has(record.key)).length;
      if (here && current !== null && ended.has(current)) await here.request.revoked(here.scope);
      if (ended.size === chosen.length) return count;
    }
    throw overtaken();
  }

  #show({ key, session }: UserRecord, current: boolean): UserSession<Listed> {
    const { createdAt, lastSeenAt, expiresAt, data } = session;
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

function isLive({ session }: UserRecord): boolean {
  return !session.frozen;
}

async function currentKey(here: Place | null): Promise<string | null> {
  return (await here?.request.read())?.key ?? null;
}

/** Next may render a page for nobody who asked for it: ahead, or again. */
async function refuseInRender(here: Place | null): Promise<void> {
  const access = await here?.scope.writeAccess();
  if (access?.kind === 'none' && access.reason.code === 'ERR_SESSION_READ_ONLY') throw access.reason;
}

function noRequest(): SessionError {
  return new SessionError(
    'ERR_SESSION_NO_REQUEST',
    'revokeOthers() keeps the session of the request that it is called in, and this is none. Call it in a Server ' +
      'Action or Route Handler, or use revokeAll().',
  );
}

function overtaken(): SessionError {
  return new SessionError(
    'ERR_SESSION_CONFLICT',
    'Other requests kept changing sessions that were to be revoked, so some are left. Try again.',
  );
}
