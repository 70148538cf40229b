import { RequestCookie } from './cookie/request-cookie.js';
import { type SentCookie, SessionCookie } from './cookie/session-cookie.js';
import { OpenStore } from './gateway/open-store.js';
import type { RequestContext } from './gateway/request-context.js';
import { StoreOpener } from './gateway/store-opener.js';
import { systemClock } from './lib/clock.js';
import { Deadline } from './lib/deadline.js';
import { SessionError } from './lib/errors.js';
import { thisProcess } from './lib/host-process.js';
import { isPromiseLike, type MaybePromise, mapMaybe } from './lib/maybe-promise.js';
import { warnInProduction } from './lib/warnings.js';
import { refuseUnsealable } from './options/encryption.js';
import { type Options, type ResolvedOptions, resolveOptions } from './options/options.js';
import { warnOfOthers } from './options/same-name.js';
import { MIN_SECRET_LENGTH, type Secrets } from './options/secrets.js';
import { type UserId, userKey } from './record/user-key.js';
import { SessionIndex } from './repository/session-index.js';
import { SessionRepository } from './repository/session-repository.js';
import { isOutsideRequest } from './scope/app-scope.js';
import { findScope } from './scope/find-scope.js';
import type { PagesRequest, PagesResponse } from './scope/pages-scope.js';
import type { ProxyRequest, ProxyResponse } from './scope/proxy-scope.js';
import { followRequests } from './scope/response-head.js';
import type { Scope, ScopeRef } from './scope/scope.js';
import { AppSession } from './session/app-session.js';
import type { RequestPhase } from './session/request-phase.js';
import { RequestSession } from './session/request-session.js';
import { type UserCall, UserSessions } from './session/user-sessions.js';
import { announceUse, withInternals } from './session-internals.js';
import type { Store } from './store-contract/store.js';
import { MemoryStore } from './stores/memory/memory-store.js';
import { Telemetry } from './telemetry/telemetry.js';
import { type TestOverrides, testOverrides } from './test-seam/test-overrides.js';

const UNSIGNED = 'no secret option, so session IDs are not signed. Set a secret.';
const WEAK =
  'a secret of fewer than 32 characters, which can be guessed. Set the output of "openssl rand -base64 32".';
const MEMORY_ONLY =
  'no store option, so sessions are kept in memory, and end with this process. Set a store, such as Redis.';

/** Returns the session of the current request. */
export interface NextAppSession<
  Data extends object = Record<string, unknown>,
  Listed extends object = Record<string, unknown>,
> {
  /** The App Router: Server Components, Route Handlers, Server Actions. */
  (): AppSession<Data>;
  /** proxy.ts, and middleware on the Node runtime. The cookie is set on `response`: return that one. */
  (request: ProxyRequest, response: ProxyResponse): AppSession<Data>;
  /** The Pages Router. With `req` alone it can read, and write a live session. */
  (req: PagesRequest, res?: PagesResponse): AppSession<Data>;
  /** A Route Handler. The same as `session()`. */
  (request: Request): AppSession<Data>;

  /**
   * Returns the sessions of a user, to list and to revoke them: on an account page, or after a change of password. Works
   * outside of requests too.
   *
   * @param userId as the `user` option returns it; any of them if it returns several: `session.user('sid:' + sid).revokeAll()`.
   * @param request as for `session()`, in proxy and the Pages Router.
   * @param response as for `session()`, in proxy and the Pages Router.
   * @example await session.user(userId).revokeAll();
   * @throws ERR_SESSION_OPTIONS without the `user` option, and for an empty ID.
   */
  user(
    userId: string | number,
    request?: ProxyRequest | PagesRequest | Request,
    response?: ProxyResponse | PagesResponse,
  ): UserSessions<Listed>;
}

/**
 * Sets up sessions. Call it once, in its own module, and export the result.
 *
 * @example
 * // lib/session.ts
 * export const session = nextAppSession<{ user: string }>({ secret: process.env.SESSION_SECRET });
 * // anywhere on the server
 * const user = await session().get('user');
 *
 * @throws ERR_SESSION_OPTIONS for a bad option. The message names it and says how to mend it.
 */
export function nextAppSession<
  Data extends object = Record<string, unknown>,
  Listed extends object = Record<string, unknown>,
>(options: Options<Data, Listed> = {}): NextAppSession<Data, Listed> {
  const resolved = resolveOptions(options);
  warnOfOthers(resolved);
  followRequests();
  const telemetry = Telemetry.of(resolved);
  const meet = (store: Store<object>) => {
    if (resolved.seal) refuseUnsealable(store, resolved);
    announceUse(store, resolved);
  };
  const opener = new StoreOpener(storeMaker(resolved), meet, resolved.storeTimeoutMs);
  const cookie = new SessionCookie(resolved);
  const danger = dangerOf(resolved.secrets);
  /** The sessions of all requests, but of those for which a test has put something in place of their context. */
  const appSessions = new SessionRepository(resolved, contextOf(undefined));
  /** The stores that overrides have put around others. */
  const wrapped = new WeakMap<Store<object>, OpenStore>();
  /** The session of each request, by what its phases share. */
  const requests = new WeakMap<object, RequestSession>();
  /** The phases of requests, by the key of those that have one. */
  const phases = new WeakMap<object, MaybePromise<RequestPhase>>();

  function locate(from: object | undefined, to: object | undefined): MaybePromise<RequestPhase> {
    const overrides = testOverrides();
    const ref = findScope(from, to, overrides?.jar);
    return (ref.key && phases.get(ref.key)) ?? enter(ref, overrides);
  }

  /** Enters a phase of a request, with its first call; again with each call where finding the scope costs nothing. */
  function enter({ key, open }: ScopeRef, overrides: TestOverrides | undefined): MaybePromise<RequestPhase> {
    if (danger !== null) warnInProduction(danger, 'reference.md#options');
    const entering = mapMaybe(open(), (scope) => {
      const request = requests.get(scope.request) ?? begin(scope, sessionsOf(overrides));
      const phase = { request, scope };
      // Later calls in this phase find it without waiting.
      if (key) phases.set(key, phase);
      return phase;
    });
    if (key && isPromiseLike(entering)) phases.set(key, entering);
    return entering;
  }

  function begin(scope: Scope, sessions: SessionRepository): RequestSession {
    const sent: SentCookie[] = [];
    for (const name of resolved.names)
      for (const value of scope.readCookies(name)) sent.push({ name, value });
    const own = new RequestCookie(cookie, sent);
    if (own.isRejected) sessions.context.telemetry.record({ type: 'cookie_rejected' });
    const request = new RequestSession(sessions, own);
    requests.set(scope.request, request);
    return request;
  }

  function sessionsOf(overrides: TestOverrides | undefined): SessionRepository {
    return overrides ? new SessionRepository(resolved, contextOf(overrides)) : appSessions;
  }

  /** Returns the context of requests, with what a test has put in its place. */
  function contextOf(overrides: TestOverrides | undefined): RequestContext {
    const override = overrides?.store?.(resolved.name);
    const store = override && new OpenStore(override, resolved.storeTimeoutMs);
    const wrapStore = overrides?.wrapStore?.bind(overrides);
    const openStore = (deadline: Deadline) => store ?? opener.open(deadline);
    return {
      clock: overrides?.clock ?? systemClock,
      process: overrides?.process ?? thisProcess,
      telemetry: overrides?.sinks ? telemetry.with(overrides.sinks) : telemetry,
      openStore: wrapStore
        ? (deadline) => mapMaybe(openStore(deadline), (open) => wrappedStore(wrapStore(open.store, resolved)))
        : openStore,
      refreshHooks: overrides?.refreshHooks,
    };
  }

  /** Returns a store that overrides have put around another. All requests share its circuit, as they do without overrides. */
  function wrappedStore(store: Store<object>): OpenStore {
    const known = wrapped.get(store) ?? new OpenStore(store, resolved.storeTimeoutMs);
    wrapped.set(store, known);
    return known;
  }

  /** Returns where a call on the sessions of a user is made: in a request, or outside of any. */
  async function locateUserCall(from: object | undefined, to: object | undefined): Promise<UserCall> {
    try {
      const phase = await locate(from, to);
      return { index: new SessionIndex(resolved, phase.request.context), phase };
    } catch (error) {
      if (from !== undefined || !isOutsideRequest(error)) throw error;
      return { index: new SessionIndex(resolved, sessionsOf(testOverrides()).context), phase: null };
    }
  }

  const session = (request?: object, response?: object) =>
    new AppSession<Data>(() => locate(request, response));
  const user = (id: string | number, request?: object, response?: object) =>
    new UserSessions<Listed>(userKeysOf(resolved, id), resolved, () => locateUserCall(request, response));
  return withInternals(Object.assign(session, { user }), {
    options: resolved,
    given: options,
    openStore: async () => (await opener.open(new Deadline(resolved.storeTimeoutMs))).store,
  });
}

/** Returns what is dangerous about the secrets; null if nothing is. Each of them opens sessions. */
function dangerOf(secrets: Secrets): string | null {
  if (SessionError.is(secrets)) return null;
  if (secrets.length === 0) return UNSIGNED;
  return secrets.some((secret) => secret.length < MIN_SECRET_LENGTH) ? WEAK : null;
}

/** Returns what the store knows a user by: one key for each name of the cookie. */
function userKeysOf({ names, user }: ResolvedOptions, id: unknown): readonly string[] {
  const keys = names.flatMap((name) => userKey(name, id as UserId) ?? []);
  if (user && keys.length > 0) return keys;
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    user
      ? 'session.user() takes the ID of a user, as the user option returns it.'
      : 'session.user() needs the user option, for example user: (data) => data.userId.',
  );
}

/** Returns what makes the store at first use. The copies of this module in a process share their MemoryStores. */
function storeMaker({ store, names }: ResolvedOptions): () => Promise<Store<object>> {
  if (store instanceof MemoryStore) store.bind(...names);
  return async () => {
    if (store === undefined) warnInProduction(MEMORY_ONLY, 'stores.md#memory');
    const opened = typeof store === 'function' ? await store() : (store ?? new MemoryStore());
    if (opened instanceof MemoryStore) opened.bind(...names);
    return opened;
  };
}
