import type { NextApiHandler } from 'next';
import { type NextRequest, NextResponse } from 'next/server.js';
import type { Jsonified, Storable } from '../../src/lib/jsonified.js';
import type { NextAppSession } from '../../src/next-app-session.js';
import type { NextScope, Phase } from '../next/next-scope.js';
import { openNextScope } from '../next/open-next-scope.js';
import type { InspectableStore } from '../store/inspectable-store.js';
import { misuse } from '../store/misuse.js';
import type { RecordedTelemetry } from '../store/record-telemetry.js';
import type { Duration } from '../store/test-clock.js';
import type { CookieJar, SetCookie } from './cookie-jar.js';
import { checkHandler, checkRun, type ProxyFunction, type RouteHandler } from './handler.js';
import type { HeldRenew } from './held-renew.js';
import { mockScope } from './mock-scope.js';
import { answerOf, copyOf, type Outcome, outcomeOf, type ResponseOutcome } from './outcome.js';
import { runApiRoute } from './pages-exchange.js';
import type { ApiRequest, RouteRequest, TestRequest } from './test-request.js';
import { type Rotation, type TesterOptions, TestSession } from './test-session.js';
import { TestUser } from './test-user.js';
import { markAsTester } from './tester-mark.js';

/**
 * A visitor's browser and the server it talks to. Runs an app's handlers, actions and components in Next's
 * request scope, with a session. `createSessionTester` makes it.
 *
 * The app's session module is used as it is. Only code that runs in this tester sees its store and clock, so
 * tests can run in parallel. The tester keeps cookies from call to call.
 */
export class SessionTester<Data extends object, Listed extends object = Record<string, unknown>> {
  readonly #app: NextAppSession<Data, Listed>;
  readonly #session: TestSession<Data>;

  /** @internal */
  constructor(session: NextAppSession<Data, Listed>, options: TesterOptions<Data>, browser?: CookieJar) {
    this.#app = session;
    this.#session = new TestSession(session, options, browser);
    markAsTester(this);
  }

  /** The store that the code under test uses. */
  get store(): InspectableStore {
    return this.#session.store;
  }

  /** The spans and metrics of the code under test. */
  get telemetry(): RecordedTelemetry {
    return this.#session.telemetry;
  }

  /** The time for the code under test, in epoch milliseconds. It stands still until `advance`. */
  get now(): number {
    return this.#session.clock.now();
  }

  /** The Cookie header that the browser would send now. Empty if it has no cookies. */
  get cookie(): string {
    return this.#session.jar.header;
  }

  // --- running an app's code -------------------------------------------------------------------------------

  /**
   * Runs a Route Handler, then its `after()` callbacks. As in Next, `redirect()` gives a response of status
   * 307, and `notFound()` one of 404. Other errors are thrown.
   */
  async route<Context>(handler: RouteHandler<Context>, request: RouteRequest = {}): Promise<ResponseOutcome> {
    checkHandler('route', handler);
    const nextRequest = await this.#session.request(request, 'params');
    const { params = {} } = request;
    // Next 15 and later pass a promise, earlier versions the object. This is both.
    const context = { params: Object.assign(Promise.resolve(params), params) } as Context;
    return this.#inScope('route', nextRequest, async (scope) => {
      const { response, isComplete } = await answerOf(() =>
        scope.run(async () => handler(nextRequest, context)),
      );
      // After notFound(), Next drops the cookies that cookies() has set.
      if (isComplete) scope.appendCookies(response.headers);
      return this.#respond(scope, response);
    });
  }

  /** Runs a Server Action. Pass a function that calls it. */
  action<T>(code: () => T | Promise<T>, request: TestRequest = {}): Promise<Outcome<T>> {
    return this.run('action', code, { method: 'POST', ...request });
  }

  /** Runs a Server Component, layout or `generateMetadata`. Pass a function that calls it. A write throws. */
  component<T>(code: () => T | Promise<T>, request: TestRequest = {}): Promise<Outcome<T>> {
    return this.run('component', code, request);
  }

  /** Runs the function of `proxy.ts` or of middleware, and waits for what it passes to `waitUntil`. */
  async proxy<Event>(proxy: ProxyFunction<Event>, request: TestRequest = {}): Promise<ResponseOutcome> {
    checkHandler('proxy', proxy);
    const nextRequest = await this.#session.request(request);
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
      // As in Next, the cookies that cookies() sets replace those of the response.
      if (scope.appendCookies(set)) response.headers.delete('set-cookie');
      for (const cookie of set.getSetCookie()) response.headers.append('set-cookie', cookie);
      return this.#respond(scope, response);
    });
  }

  /** Runs an API route of the Pages Router. Errors are thrown. */
  async pages(handler: NextApiHandler, request: ApiRequest = {}): Promise<ResponseOutcome> {
    checkHandler('pages', handler);
    const sent = await this.#session.request(request, 'query');
    const query = { ...Object.fromEntries(sent.nextUrl.searchParams), ...request.query };
    const response = await this.#session.within(() => runApiRoute(handler, sent, query));
    return { response, cookies: this.#keep(response.headers), revalidated: [] };
  }

  /** Runs code in any phase of an app. `action` and `component` are short forms of this. */
  async run<T>(phase: Phase, code: () => T | Promise<T>, request: TestRequest = {}): Promise<Outcome<T>> {
    checkRun(phase, code);
    return this.#inScope(phase, await this.#session.request(request), async (scope) => {
      let cookies: readonly SetCookie[] = [];
      // Next sends the cookies of an action even if it throws.
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
   * Runs code with this tester's store and clock, but without a request. For a tool that makes its own
   * request (next-test-api-route-handler): pass `cookie` to the tool, and its response to `keep`.
   */
  async within<T>(code: () => T | Promise<T>): Promise<T> {
    checkHandler('within', code);
    await this.#session.beginCall();
    return this.#session.within(code);
  }

  /** Takes over the cookies of a response, as the browser would. Returns them. */
  keep(response: Response): readonly SetCookie[] {
    return this.#keep(response.headers);
  }

  /**
   * Returns the sessions of a user. Each of its methods runs as a Server Action in this browser.
   *
   * @param id the user's ID. @default the user who is signed in in this browser, by the first ID that the `user` option returns
   */
  user(id?: string | number): TestUser<Listed> {
    return new TestUser(async (use) => {
      const own = id ?? (await this.#session.userId());
      return (await this.action(() => use(this.#app.user(own as string)))).result as never;
    });
  }

  // --- the session, without the code under test ------------------------------------------------------------

  /**
   * Gives the browser a session with this data. If it has one, that is replaced and the ID stays.
   *
   * @throws ERR_SESSION_DATA if the data is not JSON, ERR_SESSION_KEY for a reserved key.
   */
  seed(data: Partial<Storable<Data>>): Promise<void> {
    return this.#session.seed(data);
  }

  /** Returns the session's data from the store, or null if the browser has no live session. */
  read(): Promise<Partial<Jsonified<Data>> | null> {
    return this.#session.read();
  }

  /** Returns the session ID, or null if the browser has no live session. */
  id(): Promise<string | null> {
    return this.#session.id();
  }

  /** Returns the session's ID before and after the last call. @internal */
  rotation(): Promise<Rotation> {
    return this.#session.rotation();
  }

  /** Lets the session time out now. The browser keeps its cookie. */
  expire(): Promise<void> {
    return this.#session.expire();
  }

  /** Deletes the session from the store, as a sign-out elsewhere would. The browser keeps its cookie. */
  destroy(): Promise<void> {
    return this.#session.destroy();
  }

  /** Moves the clock forward, for idle and absolute timeouts and for the browser's cookies. */
  advance(duration: Duration): void {
    this.#session.clock.advance(duration);
  }

  /**
   * Holds the next call of `renew` for this key: the test decides when it ends, so it needs no timers.
   *
   * @throws ERR_SESSION_TESTING if the key is no text.
   * @example
   * const renew = t.holdRenew('tokens');
   * const answers = Promise.all([t.component(Page), t.route(GET)]);
   * await renew.called(2);
   * renew.end({ accessToken: 'new', expiresAt: t.now + 60_000 });
   * await answers;
   */
  holdRenew<K extends keyof Data & string>(key: K): HeldRenew<Storable<Data[K]>> {
    if (typeof key !== 'string')
      throw misuse("holdRenew() takes the key of the value: t.holdRenew('tokens').");
    return this.#session.holdRenew(key);
  }

  // --- the pieces ------------------------------------------------------------------------------------------

  #inScope<T>(phase: Phase, request: NextRequest, code: (scope: NextScope) => Promise<T>): Promise<T> {
    const { mock } = this.#session;
    const { pathname, search } = request.nextUrl;
    // happy-dom drops the Cookie header from a request, as a browser would: no script may set it there.
    const cookie = request.headers.get('cookie') ?? this.cookie;
    const headers = { ...Object.fromEntries(request.headers), ...(cookie && { cookie }) };
    return this.#session.within(async () =>
      code(mock ? mockScope(mock, cookie, phase) : await openNextScope({ pathname, search, headers }, phase)),
    );
  }

  async #respond(scope: NextScope, response: Response): Promise<ResponseOutcome> {
    await scope.close();
    return { response, cookies: this.#keep(response.headers), revalidated: scope.revalidated() };
  }

  #keep(headers: Headers): SetCookie[] {
    const cookies = this.#session.jar.read(headers);
    this.#session.jar.keep(cookies);
    return cookies;
  }
}
