import type { ParsedUrlQuery } from 'node:querystring';
import type { GetServerSideProps, NextApiHandler } from 'next';
import type { ReactNode } from 'react';
import type { Jsonified, Storable } from '../../src/lib/jsonified.js';
import type { NextAppSession } from '../../src/next-app-session.js';
import type { Phase } from '../next/next-scope.js';
import type { InspectableStore } from '../store/inspectable-store.js';
import { misuse } from '../store/misuse.js';
import type { RecordedTelemetry } from '../store/record-telemetry.js';
import type { Duration } from '../store/test-clock.js';
import { AppRunner } from './app-runner.js';
import type { CookieJar, SetCookie } from './cookie-jar.js';
import { checkHandler, checkRun, checkTree, type ProxyFunction, type RouteHandler } from './handler.js';
import type { HeldRenew } from './held-renew.js';
import type { Outcome, RenderOutcome, ResponseOutcome } from './outcome.js';
import type { PropsOutcome } from './server-side-props.js';
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
  readonly #runner: AppRunner<Data>;

  /** @internal */
  constructor(session: NextAppSession<Data, Listed>, options: TesterOptions<Data>, browser?: CookieJar) {
    this.#app = session;
    this.#session = new TestSession(session, options, browser);
    this.#runner = new AppRunner(this.#session);
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
    return this.#runner.route(handler, request);
  }

  /** Runs a Server Action. Pass a function that calls it. */
  action<T>(code: () => T | Promise<T>, request: TestRequest = {}): Promise<Outcome<T>> {
    return this.run('action', code, { method: 'POST', ...request });
  }

  /** Runs a Server Component, layout or `generateMetadata`. Pass a function that calls it. A write throws. */
  component<T>(code: () => T | Promise<T>, request: TestRequest = {}): Promise<Outcome<T>> {
    return this.run('component', code, request);
  }

  /**
   * Renders a page to HTML, with the async Server Components in it and a layout around it. It waits for what
   * `Suspense` waits for. All components run as on the server, so effects do not. A write throws, and so does an error
   * in any of them. `usePathname()` and the like know the `url` and `params` of the request.
   *
   * @throws ERR_SESSION_TESTING if `tree` is no element, or if `react-dom` cannot be imported.
   * @example
   * const { html } = await t.render(<Layout><Page /></Layout>, { url: '/account' });
   * expect(html).toContain('Hello ada');
   */
  async render(tree: ReactNode, request: RouteRequest = {}): Promise<RenderOutcome> {
    checkTree(tree);
    return this.#runner.render(tree, request);
  }

  /** Runs the function of `proxy.ts` or of middleware, and waits for what it passes to `waitUntil`. */
  async proxy<Event>(proxy: ProxyFunction<Event>, request: TestRequest = {}): Promise<ResponseOutcome> {
    checkHandler('proxy', proxy);
    return this.#runner.proxy(proxy, request);
  }

  /** Runs an API route of the Pages Router. Errors are thrown. */
  async pages(handler: NextApiHandler, request: ApiRequest = {}): Promise<ResponseOutcome> {
    checkHandler('pages', handler);
    return this.#runner.pages(handler, request);
  }

  /**
   * Runs `getServerSideProps` of a page of the Pages Router. Like `next dev`, it refuses props that are not JSON.
   * Errors are thrown.
   *
   * @throws ERR_SESSION_TESTING if the function returns what Next does not take.
   * @example
   * const { props } = await t.serverSideProps(getServerSideProps, { url: '/items/7', params: { id: '7' } });
   */
  async serverSideProps<Props extends object, Params extends ParsedUrlQuery>(
    getServerSideProps: GetServerSideProps<Props, Params>,
    request: RouteRequest = {},
  ): Promise<PropsOutcome<Props>> {
    checkHandler('serverSideProps', getServerSideProps);
    return this.#runner.serverSideProps(getServerSideProps, request);
  }

  /** Runs code in any phase of an app. `action` and `component` are short forms of this. */
  async run<T>(phase: Phase, code: () => T | Promise<T>, request: TestRequest = {}): Promise<Outcome<T>> {
    checkRun(phase, code);
    return this.#runner.run(phase, code, request);
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
    return this.#runner.keep(response.headers);
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
}
