import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import type { StoreOperation } from '../../src/events/session-event.js';
import { SessionError } from '../../src/lib/errors.js';
import type { BackendRun, FaultOptions } from '../backend/session-backend.js';
import { BrowserSession, type SeedOptions } from './browser-session.js';

/** Somebody with a browser of their own, and a session. */
export interface SessionUser<Data extends object = Record<string, unknown>> {
  readonly context: BrowserContext;
  /** The first page; it is blank. */
  readonly page: Page;
  readonly session: BrowserSession<Data>;
}

export interface UserOptions extends SeedOptions {
  /** For the browser context, on top of the configuration's `use`. */
  readonly context?: BrowserContextOptions | undefined;
}

/** A user of the test, or the `session` of its default page. */
export type WithSession<Data extends object> = SessionUser<Data> | BrowserSession<Data>;

interface Place {
  readonly browser: Browser;
  readonly baseURL: string | undefined;
  /** Whether the test's requests carry what tells them from another test's. */
  readonly isMarked: boolean;
}

/** The users of one test. */
export class TestUsers<Data extends object = Record<string, unknown>> {
  readonly #run: BackendRun;
  readonly #place: Place;
  readonly #users: SessionUser<Data>[] = [];

  /** @internal */
  constructor(run: BackendRun, place: Place) {
    this.#run = run;
    this.#place = place;
  }

  /**
   * A user with a browser context and page of their own, who has a session with this data: no sign-in page is
   * visited. Context and session end with the test.
   *
   * @example const ada = await sessions.as({ user: { name: 'Ada' } });
   */
  async as(data: Partial<Data>, { context: options, ...seed }: UserOptions = {}): Promise<SessionUser<Data>> {
    const { browser, baseURL } = this.#place;
    const context = await browser.newContext(options);
    const session = new BrowserSession<Data>(this.#run, context, options?.baseURL ?? baseURL);
    const user = { context, page: await context.newPage(), session };
    this.#users.push(user);
    await session.begin(data, seed);
    return user;
  }

  /**
   * One user who is signed in on several devices: so many browsers, each with a session of its own.
   *
   * @example const [phone, laptop, tablet] = await sessions.devices({ user: { name: 'Ada' } }, 3);
   */
  async devices(data: Partial<Data>, count: number, options: UserOptions = {}): Promise<SessionUser<Data>[]> {
    const devices: SessionUser<Data>[] = [];
    for (let device = 0; device < count; device++) devices.push(await this.as(data, options));
    return devices;
  }

  /** The data in the store, or null when there is no live session. */
  read(user: WithSession<Data>): Promise<Partial<Data> | null> {
    return sessionOf(user).read();
  }

  /** Replaces the data; whoever has no live session gets one. */
  write(user: WithSession<Data>, data: Partial<Data>, options?: SeedOptions): Promise<void> {
    return sessionOf(user).write(data, options);
  }

  /** Lets the session time out; the browser keeps its cookie. */
  expire(user: WithSession<Data>): Promise<void> {
    return sessionOf(user).expire();
  }

  /** Removes the session from the store, as a sign-out elsewhere would; the browser keeps its cookie. */
  revoke(user: WithSession<Data>): Promise<void> {
    return sessionOf(user).revoke();
  }

  /** The session ID, or null when there is no live session. */
  id(user: WithSession<Data>): Promise<string | null> {
    return sessionOf(user).id();
  }

  /**
   * What `use.storageState` takes, to start other tests signed in; with `path`, it is written there. The session
   * outlives the test, until its idle timeout.
   */
  async storageState(user: WithSession<Data>, options: { readonly path?: string } = {}) {
    const session = sessionOf(user);
    await session.keep();
    return session.context.storageState(options);
  }

  /**
   * Lets the app's store fail in this test's requests, and in no other's.
   *
   * @throws ERR_SESSION_TESTING where the backend reaches the store but not the app.
   */
  async fail(operation: StoreOperation, options: FaultOptions = {}): Promise<void> {
    const { fail } = this.#run;
    if (!fail) throw unable('fail');
    this.#requireMark();
    await fail(operation, options);
  }

  /** Lets the app's store take this much longer, in milliseconds, in this test's requests. */
  async delay(operation: StoreOperation, ms: number): Promise<void> {
    const { delay } = this.#run;
    if (!delay) throw unable('delay');
    this.#requireMark();
    await delay(operation, ms);
  }

  /** @internal */
  get all(): readonly SessionUser<Data>[] {
    return this.#users;
  }

  #requireMark(): void {
    if (this.#place.isMarked) return;
    throw new SessionError(
      'ERR_SESSION_TESTING',
      "sessions.fail and .delay know this test's requests by a header, and test.use({ extraHTTPHeaders }) took its " +
        'place. Override the fixture instead: extraHTTPHeaders: ({ extraHTTPHeaders }, use) => use({ …extraHTTPHeaders, … }).',
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
    `sessions.${method} reaches into the app, and this backend reaches its store alone. Use controlBackend().`,
  );
}
