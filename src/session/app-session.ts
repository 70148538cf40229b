import { SessionError } from '../lib/errors.js';
import { checkKey, copyData, copyOut, type JsonObject, jsonCopy, jsonData } from '../lib/json.js';
import { isPromiseLike, type MaybePromise } from '../lib/maybe-promise.js';
import { MAX_LIFETIME_S } from '../record/expiry.js';
import type { Change } from '../repository/session-repository.js';
import type { RequestPhase } from './request-phase.js';
import type { Lifetime, SessionHandler, SessionInfo, Update, Value } from './session-handler.js';
import { applyUpdate, refuseDuringUpdate } from './update.js';

/**
 * The session of the request that this runs in. It holds no state of its own: make one at each use,
 * `await session().get('user')`.
 *
 * Every method may throw `ERR_SESSION_STORE` or `ERR_SESSION_STORE_TIMEOUT` when the store fails, and Next's own
 * error where cookies cannot be read. Methods that write may also throw `ERR_SESSION_READ_ONLY` (in a Server
 * Component), `ERR_SESSION_NO_RESPONSE` (no place to set a cookie that is needed), `ERR_SESSION_GONE` (the session
 * ended meanwhile) and `ERR_SESSION_CONFLICT` (others kept changing it).
 */
export class AppSession<Data extends object = Record<string, unknown>> implements SessionHandler<Data> {
  readonly #locate: () => MaybePromise<RequestPhase>;

  /** @internal */
  constructor(locate: () => MaybePromise<RequestPhase>) {
    this.#locate = locate;
  }

  /** The value of a key, or `null` when the session does not have it. A copy: changing it changes nothing. */
  get<K extends keyof Data & string>(key: K): Promise<Value<Data, K> | null> {
    return this.#read((data) =>
      Object.hasOwn(data, key) ? (copyOut(data[key] as Value<Data, K>) ?? null) : null,
    );
  }

  /** All data; `{}` when there is no session. A copy. */
  all(): Promise<Partial<Data>> {
    return this.#read((data) => copyData(data) as Partial<Data>);
  }

  /** Whether the session has the key, whatever its value. */
  has(key: keyof Data & string): Promise<boolean> {
    return this.#read((data) => Object.hasOwn(data, key));
  }

  /**
   * Writes one key. Other requests' writes to other keys survive. Creates the session if there is none.
   * `undefined` removes the key, as it has no JSON form.
   *
   * @throws ERR_SESSION_DATA when the value is not JSON, ERR_SESSION_KEY for a reserved key.
   */
  set<K extends keyof Data & string>(key: K, value: Data[K]): Promise<void> {
    return this.#write(() => {
      checkKey(key);
      const copy = jsonCopy(value);
      return (data) => {
        if (copy !== undefined) return { ...data, [key]: copy };
        const { [key]: _, ...rest } = data;
        return rest;
      };
    });
  }

  /**
   * Replaces all data. Creates the session if there is none.
   *
   * @throws ERR_SESSION_DATA when the data is not JSON, ERR_SESSION_KEY for a reserved key.
   */
  setAll(data: Data): Promise<void> {
    return this.#write(() => {
      const copy = jsonData(data);
      return () => copy;
    });
  }

  /**
   * Reads, changes and writes as one step: none of any number of concurrent updates is lost. Creates the session
   * if there is none. `fn` is run again when another request was faster, so it should have no other effect.
   *
   * @example await session().update((data) => { data.count = (data.count ?? 0) + 1 });
   * @throws ERR_SESSION_REENTRANT when `fn` calls the session or is async, ERR_SESSION_DATA when it makes
   * something that is not JSON.
   */
  update(fn: Update<Data>): Promise<void> {
    return this.#write(() => (data) => applyUpdate(fn, data));
  }

  /** Ends the session: its record is deleted, its cookie expired. */
  destroy(): Promise<void>;
  /** Removes one key. Neither form creates a session. */
  destroy(key: keyof Data & string): Promise<void>;
  // The number of arguments decides, not their truth: destroy(undefined) must not end the session by accident.
  destroy(...args: [] | [key: string]): Promise<void> {
    if (args.length === 0) return this.#at(({ request, scope }) => request.destroy(scope));
    const [key] = args;
    return this.#at(async ({ request, scope }) => {
      checkKey(key);
      await request.writeLive(scope, (session) => {
        if (!Object.hasOwn(session.data, key)) return session;
        const { [key]: _, ...data } = session.data;
        return { ...session, data };
      });
    });
  }

  /**
   * Gives the session a new ID and keeps its data, passed through `fn`. The old ID is dead from then on; but for a
   * moment (`regenerateGrace`) it shows requests that are under way what the session was before. Call it at every
   * change of privilege, sign-in above all, or a planted ID becomes a signed-in one (session fixation, OWASP
   * Session Management Cheat Sheet, "Renew the Session ID After Any Privilege Level Change").
   *
   * The absolute timeout goes on counting from the session's creation.
   *
   * @example await session().regenerate((data) => { data.user = user }, { maxAge: 30 * 86_400 });
   */
  regenerate(fn?: Update<Data>, lifetime?: Lifetime): Promise<void> {
    return this.#at(async ({ request, scope }) => {
      const maxAge = ownLifetime(lifetime);
      await request.regenerate(scope, (session) => ({
        ...session,
        ...(maxAge !== undefined && { maxAge }),
        data: fn ? applyUpdate(fn, session.data) : session.data,
      }));
    });
  }

  /**
   * Starts the idle timeout anew and, where cookies can be set (proxy included), refreshes the cookie's Max-Age.
   * `maxAge` gives this session a lifetime of its own from now on ("remember me"). Does nothing without a session.
   */
  touch(lifetime?: Lifetime): Promise<void> {
    return this.#at(async ({ request, scope }) => request.touch(scope, ownLifetime(lifetime)));
  }

  /** Drops this request's copy of the session, so that the next read asks the store. */
  reload(): Promise<void> {
    return this.#at(({ request }) => request.reload());
  }

  /** When the session was created, was last seen and will end; `null` when there is none. */
  info(): Promise<SessionInfo | null> {
    return this.#at(async ({ request }) => {
      const live = await request.read();
      if (!live) return null;
      const now = request.context.clock.now();
      const { createdAt, lastSeenAt, expiresAt } = live.session;
      return {
        createdAt: createdAt ?? now,
        lastSeenAt: lastSeenAt ?? now,
        expiresAt: expiresAt ?? now,
        isNew: request.isNew,
      };
    });
  }

  /** The session ID, or `null` when there is no live session. It is a password: never log it or send it on. */
  id(): Promise<string | null> {
    return this.#at(async ({ request }) => (await request.read())?.id ?? null);
  }

  #read<T>(pick: (data: JsonObject) => T): Promise<T> {
    refuseDuringUpdate();
    return this.#pick(pick);
  }

  async #pick<T>(pick: (data: JsonObject) => T): Promise<T> {
    const phase = this.#locate();
    const { request } = isPromiseLike(phase) ? await phase : phase;
    const live = await request.read();
    return pick(live?.session.data ?? {});
  }

  /** `prepare` checks and copies what the caller passed, before anything is awaited. */
  #write(prepare: () => (data: JsonObject) => JsonObject): Promise<void> {
    const [change, error] = attempt(prepare);
    return this.#at(({ request, scope }) => {
      if (!change) throw error;
      const next: Change = (session) => ({ ...session, data: change(session.data) });
      return request.write(scope, next);
    });
  }

  /** Not async itself, so that a call within an `update` function throws there and then. */
  #at<T>(task: (phase: RequestPhase) => Promise<T>): Promise<T> {
    refuseDuringUpdate();
    return this.#run(task);
  }

  async #run<T>(task: (phase: RequestPhase) => Promise<T>): Promise<T> {
    const phase = this.#locate();
    return await task(isPromiseLike(phase) ? await phase : phase);
  }
}

function attempt<T>(run: () => T): [T] | [undefined, unknown] {
  try {
    return [run()];
  } catch (error) {
    return [undefined, error];
  }
}

function ownLifetime(lifetime: Lifetime | undefined): number | undefined {
  const maxAge = lifetime?.maxAge;
  if (maxAge === undefined) return maxAge;
  if (typeof maxAge === 'number' && maxAge > 0 && maxAge <= MAX_LIFETIME_S) return maxAge;
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    `maxAge of a session: give a number of seconds above 0, ${MAX_LIFETIME_S} at the most.`,
  );
}
