import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import type { StoreOperation } from '../../src/events/session-event.js';
import { SessionError } from '../../src/lib/errors.js';
import type { Jsonified, Storable } from '../../src/lib/jsonified.js';
import type { BackendRun, FaultOptions } from '../backend/session-backend.js';
import { checkDelay, checkFail } from '../store/store-faults.js';
import { BrowserSession, type SeedOptions } from './browser-session.js';

/** A user with their own browser and session. */
export interface SessionUser<Data extends object = Record<string, unknown>> {
  /** The user's browser context. It is closed when the test is over. */
  readonly context: BrowserContext;
  /** A first page, which is blank. */
  readonly page: Page;
  /** The session of the user's browser. */
  readonly session: BrowserSession<Data>;
}

/** Options of `sessions.as` and `sessions.devices`. */
export interface UserOptions extends SeedOptions {
  /** Playwright's options of the browser context, on top of the configuration's `use`. @default none */
  readonly context?: BrowserContextOptions | undefined;
}

/** A user of the test, or the `session` of its default page. */
export type WithSession<Data extends object> = SessionUser<Data> | BrowserSession<Data>;

/** Where the users' browsers come from. */
interface BrowserSource {
  readonly browser: Browser;
  readonly baseURL: string | undefined;
  /** Whether the test's requests carry the headers by which the app tells the tests apart. */
  readonly hasRunHeaders: boolean;
}

/** The users of one test. */
export class TestUsers<Data extends object = Record<string, unknown>> {
  readonly #run: BackendRun;
  readonly #source: BrowserSource;
  readonly #users: SessionUser<Data>[] = [];

  /** @internal */
  constructor(run: BackendRun, source: BrowserSource) {
    this.#run = run;
    this.#source = source;
  }

  /**
   * Makes a user with their own browser context and page, who has a session with this data. No sign-in page
   * is visited. The context is closed and the session deleted when the test is over.
   *
   * @throws ERR_SESSION_DATA if the data is not JSON, ERR_SESSION_KEY for a reserved key.
   * @example const ada = await sessions.as({ user: { name: 'Ada' } });
   */
  async as(
    data: Partial<Storable<Data>>,
    { context: options, ...seed }: UserOptions = {},
  ): Promise<SessionUser<Data>> {
    const { browser, baseURL } = this.#source;
    const context = await browser.newContext(options);
    const session = new BrowserSession<Data>(this.#run, context, options?.baseURL ?? baseURL);
    const user = { context, page: await context.newPage(), session };
    this.#users.push(user);
    await session.begin(data, seed);
    return user;
  }

  /**
   * Makes one user who is signed in on several devices. Each device has its own browser and session.
   *
   * @param count how many devices.
   * @example const [phone, laptop, tablet] = await sessions.devices({ user: { name: 'Ada' } }, 3);
   */
  async devices(
    data: Partial<Storable<Data>>,
    count: number,
    options: UserOptions = {},
  ): Promise<SessionUser<Data>[]> {
    const devices: SessionUser<Data>[] = [];
    for (let device = 0; device < count; device++) devices.push(await this.as(data, options));
    return devices;
  }

  /** Returns the session's data from the store, or null if the user has no live session. */
  read(user: WithSession<Data>): Promise<Partial<Jsonified<Data>> | null> {
    return sessionOf(user).read();
  }

  /**
   * Replaces the session's data. A user without a live session gets a new one.
   *
   * @throws ERR_SESSION_DATA if the data is not JSON, ERR_SESSION_KEY for a reserved key.
   */
  write(user: WithSession<Data>, data: Partial<Storable<Data>>, options?: SeedOptions): Promise<void> {
    return sessionOf(user).write(data, options);
  }

  /** Lets the session time out now. The browser keeps its cookie. */
  expire(user: WithSession<Data>): Promise<void> {
    return sessionOf(user).expire();
  }

  /** Deletes the session from the store, as a sign-out elsewhere would. The browser keeps its cookie. */
  revoke(user: WithSession<Data>): Promise<void> {
    return sessionOf(user).revoke();
  }

  /** Returns the session ID, or null if the user has no live session. */
  id(user: WithSession<Data>): Promise<string | null> {
    return sessionOf(user).id();
  }

  /**
   * Returns the user's browser state for `use.storageState`, so that other tests start signed in. The session
   * is not deleted after the test: it lives until its idle timeout.
   *
   * @param options `path` is a file to write the state to. @default no file
   */
  async storageState(user: WithSession<Data>, { path }: { readonly path?: string | undefined } = {}) {
    const session = sessionOf(user);
    await session.keep();
    return session.context.storageState(path === undefined ? {} : { path });
  }

  /**
   * Makes the app's store fail, only for this test's requests.
   *
   * @throws ERR_SESSION_TESTING if the backend does not reach the app (`redisBackend`, `sqlBackend`), or if
   * `test.use({ extraHTTPHeaders })` has replaced the test's own headers.
   */
  async fail(operation: StoreOperation, options: FaultOptions = {}): Promise<void> {
    checkFail(operation, options, ['times']);
    const { fail } = this.#run;
    if (!fail) throw unable('fail');
    this.#requireRunHeaders();
    await fail(operation, options);
  }

  /**
   * Slows the app's store down, only for this test's requests.
   *
   * @param ms how much longer each call takes, in milliseconds.
   * @throws ERR_SESSION_TESTING as `fail` does.
   */
  async delay(operation: StoreOperation, ms: number): Promise<void> {
    checkDelay(operation, ms);
    const { delay } = this.#run;
    if (!delay) throw unable('delay');
    this.#requireRunHeaders();
    await delay(operation, ms);
  }

  /** @internal */
  get all(): readonly SessionUser<Data>[] {
    return this.#users;
  }

  #requireRunHeaders(): void {
    if (this.#source.hasRunHeaders) return;
    throw new SessionError(
      'ERR_SESSION_TESTING',
      "sessions.fail and .delay know this test's requests by a header, which test.use({ extraHTTPHeaders })" +
        ' removed. Override the fixture instead: extraHTTPHeaders: ({ extraHTTPHeaders }, use) => ' +
        'use({ …extraHTTPHeaders, … }).',
    );
  }
}

/** @internal */
export function sessionOf<Data extends object>(user: WithSession<Data>): BrowserSession<Data> {
  return 'session' in user ? user.session : user;
}

function unable(method: string): SessionError {
  return new SessionError(
    'ERR_SESSION_TESTING',
    `sessions.${method} needs controlBackend(): this backend reaches the store, but not the app.`,
  );
}
