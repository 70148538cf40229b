import type { NextApiHandler } from 'next';
import { NextRequest, NextResponse } from 'next/server.js';
import type { NextAppSession } from '../../src/next-app-session.js';
import type { NextScope, Phase } from '../next/next-scope.js';
import { openNextScope } from '../next/open-next-scope.js';
import type { InspectableStore } from '../store/inspectable-store.js';
import type { RecordedTelemetry } from '../store/record-telemetry.js';
import type { Duration } from '../store/test-clock.js';
import type { SetCookie } from './cookie-jar.js';
import { mockScope } from './mock-scope.js';
import { answerOf, copyOf, type Outcome, outcomeOf, type ResponseOutcome } from './outcome.js';
import { runApiRoute } from './pages-exchange.js';
import { type TestRequest, toRequest } from './test-request.js';
import { type Rotation, type TesterOptions, TestSession } from './test-session.js';
import { TestUser } from './test-user.js';

/** A request to a Route Handler, with what its dynamic segments match. */
export interface RouteRequest extends TestRequest {
  readonly params?: Readonly<Record<string, string | string[]>>;
}

/** A request to an API route, with what its dynamic segments match. */
export interface ApiRequest extends TestRequest {
  readonly query?: Readonly<Record<string, string | string[]>>;
}

/** `Context` is what the handler takes for its params: a promise since Next 15, an object before. */
type RouteHandler<Context> = (request: NextRequest, context: Context) => unknown;
/** `Event` is Next's own, if the proxy takes it. */
type ProxyFunction<Event> = (request: NextRequest, event: Event) => unknown;

/**
 * Somebody's browser, and the server that it talks to: runs an app's own handlers, actions and components in Next's
 * request scope, with a session.
 *
 * The app's session module is used as it is. Store and clock are swapped for what runs within this tester alone, so
 * testers run in parallel. Cookies are kept from call to call.
 */
export class SessionTester<Data extends object, Listed extends object = Record<string, unknown>> {
  readonly #app: NextAppSession<Data, Listed>;
  readonly #session: TestSession<Data>;

  /** @internal */
  constructor(session: NextAppSession<Data, Listed>, options: TesterOptions<Data>) {
    this.#app = session;
    this.#session = new TestSession(session, options);
  }

  /** The store that the code under test uses. */
  get store(): InspectableStore {
    return this.#session.store;
  }

  /** The spans and metrics of the code under test. */
  get telemetry(): RecordedTelemetry {
    return this.#session.telemetry;
  }

  /** What time it is for the code under test, epoch milliseconds. */
  get now(): number {
    return this.#session.clock.now();
  }

  /** The Cookie header that the browser would send now; empty without cookies. */
  get cookie(): string {
    return this.#session.jar.header;
  }

  // --- running an app's code --------------------------------------------------------------------------------

  /** Runs a Route Handler. `redirect()` gives a 307 and `notFound()` a 404, as from Next; other errors are thrown. */
  async route<Context>(handler: RouteHandler<Context>, request: RouteRequest = {}): Promise<ResponseOutcome> {
    const nextRequest = await this.#request(request);
    const { params = {} } = request;
    // Next 15 and later hand out a promise, earlier ones the object: this is both.
    const context = { params: Object.assign(Promise.resolve(params), params) } as Context;
    return this.#inScope('route', nextRequest, async (scope) => {
      const { response, isComplete } = await answerOf(() =>
        scope.run(async () => handler(nextRequest, context)),
      );
      // Next drops them with the rest of what notFound() interrupted.
      if (isComplete) scope.appendCookies(response.headers);
      return this.#respond(scope, response);
    });
  }

  /** Runs a Server Action: give it a function that calls it. */
  action<T>(code: () => T | Promise<T>, request: TestRequest = {}): Promise<Outcome<T>> {
    return this.run('action', code, { method: 'POST', ...request });
  }

  /** Runs a Server Component, `generateMetadata` or a layout: give it a function that calls it. A write throws. */
  component<T>(code: () => T | Promise<T>, request: TestRequest = {}): Promise<Outcome<T>> {
    return this.run('component', code, request);
  }

  /** Runs the function of proxy.ts, or of middleware. */
  async proxy<Event>(proxy: ProxyFunction<Event>, request: TestRequest = {}): Promise<ResponseOutcome> {
    const nextRequest = await this.#request(request);
    return this.#inScope('proxy', nextRequest, async (scope) => {
      const pending: unknown[] = [];
      const waitUntil = (task: unknown) => {
        pending.push(task);
      };
      const event = { sourcePage: '/', waitUntil } as Event;
      const returned = await scope.run(async () => proxy(nextRequest, event));
      await Promise.all(pending);
      const response = copyOf(returned ?? NextResponse.next());
      const set = new Headers();
      // As in Next: what cookies() sets takes the place of what the response sets.
      if (scope.appendCookies(set)) response.headers.delete('set-cookie');
      for (const cookie of set.getSetCookie()) response.headers.append('set-cookie', cookie);
      return this.#respond(scope, response);
    });
  }

  /** Runs an API route of the Pages Router. */
  async pages(handler: NextApiHandler, request: ApiRequest = {}): Promise<ResponseOutcome> {
    const sent = await this.#request(request);
    const query = { ...Object.fromEntries(sent.nextUrl.searchParams), ...request.query };
    const response = await this.#session.within(() => runApiRoute(handler, sent, query));
    return { response, cookies: this.#keep(response.headers), revalidated: [] };
  }

  /** Runs code as it would run in a place of an app. The methods above are made of this. */
  async run<T>(phase: Phase, code: () => T | Promise<T>, request: TestRequest = {}): Promise<Outcome<T>> {
    return this.#inScope(phase, await this.#request(request), async (scope) => {
      let cookies: readonly SetCookie[] = [];
      // An action's are sent whatever it throws.
      const keepCookies = () => {
        const headers = new Headers();
        scope.appendCookies(headers);
        cookies = this.#keep(headers);
      };
      const ended = await outcomeOf(() => scope.run(async () => code())).finally(keepCookies);
      await scope.close();
      return { ...ended, cookies, revalidated: scope.revalidated() };
    });
  }

  /**
   * Runs code with this tester's store and clock in place of the app's, and leaves the request to it: for another tool
   * that brings its own, such as next-test-api-route-handler. Give that `cookie`, and its response to `keep`.
   */
  async within<T>(code: () => T | Promise<T>): Promise<T> {
    await this.#session.beginCall();
    return this.#session.within(code);
  }

  /** Takes over the cookies of a response, as the browser would. */
  keep(response: Response): readonly SetCookie[] {
    return this.#keep(response.headers);
  }

  /**
   * The sessions of a user, as a Server Action in this browser sees and ends them.
   *
   * @param id of the user. @default whoever is signed in here
   */
  user(id?: string | number): TestUser<Listed> {
    return new TestUser(async (use) => {
      const own = id ?? (await this.#session.userId());
      return (await this.action(() => use(this.#app.user(own as string)))).result as never;
    });
  }

  // --- the session, past the code under test -----------------------------------------------------------------

  /** Gives the browser a session with this data; one that it has is replaced, under the same ID. */
  seed(data: Partial<Data>): Promise<void> {
    return this.#session.seed(data);
  }

  /** The data in the store, or null when the browser has no live session. */
  read(): Promise<Partial<Data> | null> {
    return this.#session.read();
  }

  /** The session ID, or null when the browser has no live session. */
  id(): Promise<string | null> {
    return this.#session.id();
  }

  /** What the last call made of the session's ID. @internal */
  rotation(): Promise<Rotation> {
    return this.#session.rotation();
  }

  /** Lets the session time out; the browser keeps its cookie. */
  expire(): Promise<void> {
    return this.#session.expire();
  }

  /** Removes the session from the store, as a sign-out elsewhere would; the browser keeps its cookie. */
  destroy(): Promise<void> {
    return this.#session.destroy();
  }

  /** Puts the clock forward: for idle and absolute timeouts and for the browser's cookies. */
  advance(duration: Duration): void {
    this.#session.clock.advance(duration);
  }

  // --- the pieces --------------------------------------------------------------------------------------------

  async #request(request: TestRequest): Promise<NextRequest> {
    await this.#session.beginCall();
    return new NextRequest(toRequest(request, this.#session.headers, this.cookie));
  }

  #inScope<T>(phase: Phase, request: NextRequest, code: (scope: NextScope) => Promise<T>): Promise<T> {
    const { mock } = this.#session;
    const { pathname, search } = request.nextUrl;
    // With happy-dom the request itself has none: there it is a browser's, where no script may set this header.
    const cookie = request.headers.get('cookie') ?? this.cookie;
    const headers = { ...Object.fromEntries(request.headers), ...(cookie && { cookie }) };
    return this.#session.within(async () =>
      code(mock ? mockScope(mock) : await openNextScope({ pathname, search, headers }, phase)),
    );
  }

  async #respond(scope: NextScope, response: Response): Promise<ResponseOutcome> {
    await scope.close();
    return { response, cookies: this.#keep(response.headers), revalidated: scope.revalidated() };
  }

  #keep(headers: Headers): SetCookie[] {
    const { jar } = this.#session;
    const cookies = jar.read(headers);
    jar.keep(cookies);
    return cookies;
  }
}

/**
 * Somebody with a browser and a session of an app, for tests of the app's own code.
 *
 * @param session what the app's `nextAppSession(…)` returned.
 * @example
 * const t = createSessionTester(session, { data: { user: 'ada' } });
 * const { response } = await t.route(POST, { body: { n: 1 } });
 * expect(await t.read()).toEqual({ user: 'ada', n: 1 });
 * @throws ERR_SESSION_TESTING when `session` is something else.
 */
export function createSessionTester<Data extends object, Listed extends object = Record<string, unknown>>(
  session: NextAppSession<Data, Listed>,
  options: TesterOptions<Data> = {},
): SessionTester<Data, Listed> {
  return new SessionTester(session, options);
}
