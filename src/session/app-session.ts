import { attempt } from '../lib/attempt.js';
import { checkKey, checkKeyType, copyData, copyOut, type JsonObject } from '../lib/json.js';
import { jsonCopy, jsonData } from '../lib/json-copy.js';
import type { Jsonified, Storable } from '../lib/jsonified.js';
import { type MaybePromise, mapMaybe } from '../lib/maybe-promise.js';
import { throwIsFreshError } from '../refresh/refresh-subject.js';
import type { Change } from '../repository/change.js';
import { KeyRemoval } from './key-removal.js';
import { ownLifetime } from './own-lifetime.js';
import { refuseReentrant } from './reentrancy.js';
import { type RefreshOptions, refreshSubject } from './refresh-options.js';
import type { RequestPhase } from './request-phase.js';
import type { Lifetime, SessionHandler, SessionInfo, Update, Value } from './session-handler.js';
import { sessionTimes } from './session-times.js';
import { applyUpdate } from './update.js';

/**
 * The session of the current request. It holds no state, so make one at each use: `await session().get('user')`.
 *
 * Every method may throw `ERR_SESSION_STORE` or `ERR_SESSION_STORE_TIMEOUT` when the store fails, and Next's own error where
 * cookies cannot be read. Methods that write may also throw:
 * - `ERR_SESSION_READ_ONLY`: in a Server Component
 * - `ERR_SESSION_NO_RESPONSE`: a cookie is needed and cannot be set
 * - `ERR_SESSION_GONE`: the session ended meanwhile
 * - `ERR_SESSION_CONFLICT`: others kept changing it
 */
export class AppSession<Data extends object = Record<string, unknown>> implements SessionHandler<Data> {
  readonly #locate: () => MaybePromise<RequestPhase>;

  /** @internal */
  constructor(locate: () => MaybePromise<RequestPhase>) {
    this.#locate = locate;
  }

  /** Returns a copy of the value of a key, or `null` if the session does not have it. */
  get<K extends keyof Data & string>(key: K): Promise<Value<Data, K> | null> {
    return this.#read((data) => {
      checkKeyType(key);
      return Object.hasOwn(data, key) ? (copyOut(data[key] as Value<Data, K>) ?? null) : null;
    });
  }

  /** Returns a copy of all data; `{}` if there is no session. */
  all(): Promise<Partial<Jsonified<Data>>> {
    return this.#read((data) => copyData(data) as Partial<Jsonified<Data>>);
  }

  /** Returns whether the session has the key, whatever its value. */
  has(key: keyof Data & string): Promise<boolean> {
    return this.#read((data) => {
      checkKeyType(key);
      return Object.hasOwn(data, key);
    });
  }

  /**
   * Writes one key. Keys that other requests write survive. Creates the session if the visitor has none.
   *
   * @param value JSON: a `Date` comes back as a string. `undefined` removes the key.
   * @throws ERR_SESSION_DATA, with the path, for what JSON would drop or change without a word; ERR_SESSION_KEY for a reserved key.
   */
  set<K extends keyof Data & string>(key: K, value: Storable<Data[K]>): Promise<void> {
    return this.#write(() => {
      checkKey(key);
      const copy = jsonCopy(value, key);
      return (data) => {
        if (copy !== undefined) return { ...data, [key]: copy };
        const { [key]: _, ...rest } = data;
        return rest;
      };
    });
  }

  /**
   * Replaces all data. Creates the session if the visitor has none.
   *
   * @throws ERR_SESSION_DATA if the data is not JSON, ERR_SESSION_KEY for a reserved key.
   */
  setAll(data: Storable<Data>): Promise<void> {
    return this.#write(() => {
      const copy = jsonData(data);
      return () => copy;
    });
  }

  /**
   * Reads, changes and writes the data as one step. No update is lost, however many run at the same time. Creates the session
   * if the visitor has none.
   *
   * @param fn may run more than once, for example if another request was faster. So it should do nothing else.
   * @example await session().update((data) => { data.count = (data.count ?? 0) + 1 });
   * @throws ERR_SESSION_REENTRANT if `fn` calls the session or is async, ERR_SESSION_DATA if its result is not JSON.
   */
  update(fn: Update<Data>): Promise<void> {
    return this.#write(() => (data) => applyUpdate(fn, data));
  }

  /**
   * Ends the session: deletes its record and expires its cookie. If the browser sent several cookies of this name, ends the
   * session of each.
   */
  destroy(): Promise<void>;
  /** Removes one key. Creates no session. */
  destroy(key: keyof Data & string): Promise<void>;
  // The number of arguments decides: destroy(undefined) must not end the session by accident.
  destroy(...args: [] | [key: string]): Promise<void> {
    if (args.length > 0) return this.#take(args[0] as string).then(() => {});
    return this.#at(({ request, scope }) => request.destroy(scope));
  }

  /**
   * Removes one key and returns what it held, as one step: of all who take it at the same time, one gets it. Creates no session.
   *
   * @returns a copy of the value; `null`, and writes nothing, without a session or without the key.
   * @example const notice = await session().take('notice');
   */
  take<K extends keyof Data & string>(key: K): Promise<Value<Data, K> | null> {
    return this.#take(key).then((value) => copyOut(value as Value<Data, K>) ?? null);
  }

  /**
   * Gives the session a new ID and keeps its data. Call it at every change of privilege, above all at sign-in: otherwise an ID
   * that an attacker planted becomes signed in (session fixation; OWASP Session Management Cheat Sheet, "Renew the Session ID
   * After Any Privilege Level Change").
   *
   * The old ID is dead from then on. For a moment (`regenerateGrace`) it still shows the old data to requests under way. The
   * absolute timeout goes on from the creation of the session. Creates a session if the visitor has none.
   *
   * @param fn changes the data in the same write.
   * @param lifetime a lifetime for this session ("remember me").
   * @throws ERR_SESSION_OPTIONS for a bad `maxAge`; for `fn` as in `update`.
   * @example
   * await session().regenerate((data) => { data.user = user }, { maxAge: remember ? 30 * 86_400 : null });
   */
  regenerate(fn?: Update<Data>, lifetime?: Lifetime): Promise<void> {
    return this.#at(async ({ request, scope }) => {
      const maxAge = ownLifetime(lifetime, request.longestLifetime);
      await request.regenerate(scope, (session) => ({
        ...session,
        ...(maxAge !== undefined && { maxAge }),
        data: fn === undefined ? session.data : applyUpdate(fn, session.data),
      }));
    });
  }

  /**
   * Slides the idle timeout. Where cookies can be set (proxy included), sends the cookie again once a tenth of its Max-Age has
   * passed. Does nothing without a session.
   *
   * @param lifetime a lifetime for this session from now on ("remember me").
   * @throws ERR_SESSION_OPTIONS for a bad `maxAge`.
   */
  touch(lifetime?: Lifetime): Promise<void> {
    return this.#at(async ({ request, scope }) =>
      request.touch(scope, ownLifetime(lifetime, request.longestLifetime)),
    );
  }

  /**
   * Returns the value of a key, and renews it first if it is no longer fresh: an access token that has expired, for example. One
   * caller renews it, across all requests and processes. All others wait, and get the same value. So a refresh token is used once.
   *
   * Works everywhere, Server Components included: it needs no cookie. `use cache: private` gets only what is fresh. On a store
   * without compare and swap, two processes may renew at the same time.
   *
   * @returns a copy of the value; `null`, and calls nothing, without a session or without the key.
   * @throws ERR_SESSION_REFRESH for all who wait, if `renew` fails (`cause` has its name and code) or takes longer than `timeout`;
   * ERR_SESSION_GONE if the session ends, or has moved to an ID that this request does not know; ERR_SESSION_OPTIONS for a bad option;
   * ERR_SESSION_READ_ONLY in `use cache: private`; what `isFresh` throws.
   * @example
   * const tokens = await session().refresh('tokens', {
   *   isFresh: (tokens, { now }) => tokens.expiresAt > now + 60_000,
   *   renew: (tokens, { signal }) => exchange(tokens.refreshToken, { signal }),
   * });
   */
  refresh<K extends keyof Data & string>(
    key: K,
    options: RefreshOptions<Value<Data, K>, Storable<Data[K]>>,
  ): Promise<Value<Data, K> | null> {
    return this.#at(async ({ request, scope }) => {
      checkKey(key);
      const subject = refreshSubject(key, options, () => request.context.clock.now());
      const value = await request.refresh(scope, subject).catch(throwIsFreshError);
      return copyOut(value as Value<Data, K> | null);
    });
  }

  /** Drops this request's copy of the session, so that the next read asks the store. */
  reload(): Promise<void> {
    return this.#at(({ request }) => request.reload());
  }

  /** Returns when the session was created, was last used, got its ID and will end; `null` without a session. */
  info(): Promise<SessionInfo | null> {
    return this.#at(async ({ request }) => {
      const live = await request.read();
      if (!live) return null;
      return { ...sessionTimes(live.session, request.context.clock.now()), isNew: request.isNew };
    });
  }

  /** Returns the session ID, or `null` if there is no session. It is a password: never log it or send it on. */
  id(): Promise<string | null> {
    return this.#at(async ({ request }) => (await request.read())?.id ?? null);
  }

  #read<T>(pick: (data: JsonObject) => T): Promise<T> {
    return this.#at(({ request }) => request.read().then((live) => pick(live?.session.data ?? {})));
  }

  #take(key: string): Promise<unknown> {
    return this.#at(async ({ request, scope }) => {
      const removal = new KeyRemoval(key);
      await request.writeLive(scope, removal.change);
      return removal.removed;
    });
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

  /** A call within an `update` function throws at once. What else fails rejects. */
  #at<T>(task: (phase: RequestPhase) => Promise<T>): Promise<T> {
    refuseReentrant();
    try {
      return mapMaybe(this.#locate(), task);
    } catch (error) {
      return Promise.reject(error);
    }
  }
}
