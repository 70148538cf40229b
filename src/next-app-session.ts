import { RequestCookie } from './cookie/request-cookie.js';
import { SessionCookie } from './cookie/session-cookie.js';
import { SessionError } from './lib/errors.js';
import { goOn, isPromiseLike } from './lib/promise-like.js';
import { warnInProduction } from './lib/warnings.js';
import { type Options, type ResolvedOptions, resolveOptions } from './options/options.js';
import { type UserId, userKey } from './record/user-key.js';
import { SessionIndex } from './repository/session-index.js';
import { SessionRepository } from './repository/session-repository.js';
import { StoreCalls } from './resilience/store-calls.js';
import { isOutsideRequest } from './scope/app-scope.js';
import { findScope } from './scope/find-scope.js';
import type { PagesRequest, PagesResponse } from './scope/pages-scope.js';
import type { ProxyRequest, ProxyResponse } from './scope/proxy-scope.js';
import type { Scope, ScopeRef } from './scope/scope.js';
import { AppSession } from './session/app-session.js';
import type { Place } from './session/place.js';
import { RequestSession } from './session/request-session.js';
import { UserSessions } from './session/user-sessions.js';
import { withInternals } from './session-internals.js';
import type { Store } from './store-contract/store.js';
import { MemoryStore } from './stores/memory/memory-store.js';
import { Telemetry } from './telemetry/telemetry.js';

const UNSIGNED =
  'no secret option, so session IDs are not signed and forged cookies cost a store call. Set a secret.';
const MEMORY_ONLY =
  'no store option, so sessions are kept in memory: they end with this process, and other processes do not see ' +
  'them. Set a store, such as Redis.';

/** Gives the session of the current request. */
export interface NextAppSession<
  Data extends object = Record<string, unknown>,
  Listed extends object = Record<string, unknown>,
> {
  /** The App Router: Server Components, Route Handlers, Server Actions. */
  (): AppSession<Data>;
  /** proxy.ts, and middleware on the Node runtime: the cookie goes onto `response`, which you return. */
  (request: ProxyRequest, response: ProxyResponse): AppSession<Data>;
  /** The Pages Router. `req` alone reads, and may write a session that is live. */
  (req: PagesRequest, res?: PagesResponse): AppSession<Data>;
  /** With a web Request in a Route Handler it is the same as `session()`. */
  (request: Request): AppSession<Data>;

  /**
   * The sessions of a user, to list and to end them: on an account page, or when a password changed. It needs the
   * `user` option, and works outside of requests too. `request` and `response` are what `session` takes, where it
   * takes any.
   *
   * @param userId as the `user` option gives it.
   * @example await session.user(userId).revokeAll();
   * @throws ERR_SESSION_OPTIONS without the `user` option, and for no user.
   */
  user(
    userId: string | number,
    request?: ProxyRequest | PagesRequest | Request,
    response?: ProxyResponse | PagesResponse,
  ): UserSessions<Listed>;
}

/**
 * Sets up sessions; call it once, in a module of its own, and export the result.
 *
 * @example
 * // lib/session.ts
 * export const session = nextAppSession<{ user: string }>({ secret: process.env.SESSION_SECRET });
 * // anywhere on the server
 * const user = await session().get('user');
 *
 * @throws ERR_SESSION_OPTIONS when an option is bad; the message names it and says the fix.
 */
export function nextAppSession<
  Data extends object = Record<string, unknown>,
  Listed extends object = Record<string, unknown>,
>(options: Options<Data, Listed> = {}): NextAppSession<Data, Listed> {
  const resolved = resolveOptions(options);
  const telemetry = new Telemetry(resolved);
  const calls = new StoreCalls(resolved, storeOpener(resolved), telemetry);
  const index = new SessionIndex(resolved, calls);
  const repository = new SessionRepository(resolved, calls, index);
  const cookie = new SessionCookie(resolved);
  /** One state a request, by what its phases share. */
  const requests = new WeakMap<object, RequestSession>();
  /** By the key of each phase. */
  const places = new WeakMap<object, Place | Promise<Place>>();

  function locate(from: object | undefined, to: object | undefined): Place | Promise<Place> {
    const ref = findScope(from, to);
    return places.get(ref.key) ?? enter(ref);
  }

  function enter({ key, open }: ScopeRef): Place | Promise<Place> {
    if (resolved.secrets.length === 0) warnInProduction(UNSIGNED);
    const entering = goOn(open(), (scope) =>
      goOn(scope.request(), (shared) => {
        const request = requests.get(shared) ?? begin(scope);
        const place = { request, scope };
        requests.set(shared, request);
        places.set(key, place);
        return place;
      }),
    );
    if (isPromiseLike(entering)) places.set(key, entering);
    return entering;
  }

  function begin(scope: Scope): RequestSession {
    const value = scope.readCookie(resolved.name);
    const own = new RequestCookie(cookie, value);
    if (value && own.id === null) telemetry.record({ type: 'cookie_rejected' });
    return new RequestSession(repository, own, telemetry);
  }

  async function locateIfAny(from: object | undefined, to: object | undefined): Promise<Place | null> {
    try {
      return await locate(from, to);
    } catch (error) {
      if (from === undefined && isOutsideRequest(error)) return null;
      throw error;
    }
  }

  const session = (request?: object, response?: object) =>
    new AppSession<Data>(() => locate(request, response));
  const user = (id: string | number, request?: object, response?: object) =>
    new UserSessions<Listed>(userKeyOf(resolved, id), index, resolved, () => locateIfAny(request, response));
  return withInternals(Object.assign(session, { user }), {
    options: resolved,
    openStore: () => calls.openStore(),
  });
}

function userKeyOf({ name, user }: ResolvedOptions, id: unknown): string {
  const key = userKey(name, id as UserId);
  if (user && key !== null) return key;
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    user
      ? 'session.user() takes the ID of a user, as the user option gives it; this was none.'
      : 'session.user() needs the user option, which says whose a session is: user: (data) => data.userId.',
  );
}

/** Opens the store at first use. A MemoryStore is shared between the copies of this module in the process. */
function storeOpener({ store, name }: ResolvedOptions): () => Promise<Store<object>> {
  if (store instanceof MemoryStore) store.bind(name);
  return async () => {
    if (store === undefined) warnInProduction(MEMORY_ONLY);
    const opened = typeof store === 'function' ? await store() : (store ?? new MemoryStore());
    if (opened instanceof MemoryStore) opened.bind(name);
    return opened;
  };
}
