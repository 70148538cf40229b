import type { BrowserContext, Cookie } from '@playwright/test';
import { SessionError } from '../../src/lib/errors.js';
import { jsonData } from '../../src/lib/json-copy.js';
import type { Jsonified, Storable } from '../../src/lib/jsonified.js';
import type { BackendCookie, BackendRun } from '../backend/session-backend.js';
import { checkTestOptions } from '../store/misuse.js';
import { decodeCookieValue } from '../tester/cookie-jar.js';
import { AppRequests } from './app-requests.js';

/** Options of a session that a test writes. */
export interface SeedOptions {
  /**
   * When the session was created, a number in epoch milliseconds. For tests of the absolute timeout.
   * @default now; a live session keeps its own
   */
  readonly createdAt?: Date | number | undefined;
  /**
   * Attributes of the browser's cookie that differ from those that the app would set. With `partitionKey`, the URL of
   * another site, the user is signed in where that site shows the app in a frame (Chromium only).
   * @default none
   */
  readonly cookie?: Partial<Omit<Cookie, 'name' | 'value'>> | undefined;
}

const IN_CONTEXT = 'Put it into context, with the other options of a browser context';
const OF_CONTEXT = {
  viewport: IN_CONTEXT,
  locale: IN_CONTEXT,
  baseURL: IN_CONTEXT,
  storageState: IN_CONTEXT,
};

/** The session of one browser with the app under test. It follows the browser's cookie, also to a new ID. */
export class BrowserSession<Data extends object = Record<string, unknown>> {
  /** @internal */
  readonly context: BrowserContext;
  readonly #run: BackendRun;
  /** Where the app is. */
  readonly #app: URL | undefined;
  readonly #requests: AppRequests;
  /** The value of the last cookie that the test gave to the browser. */
  #given: string | undefined;

  /** @internal */
  constructor(run: BackendRun, context: BrowserContext, baseURL: string | undefined) {
    this.#run = run;
    this.context = context;
    this.#app = baseURL ? new URL(baseURL) : undefined;
    this.#requests = new AppRequests(context, run.headers);
  }

  /** Returns the session's data from the store, or null if the browser has no live session. */
  async read(): Promise<Partial<Jsonified<Data>> | null> {
    const cookie = await this.cookie();
    return cookie === undefined ? null : ((await this.#run.read(cookie)) as Partial<Jsonified<Data>> | null);
  }

  /**
   * Replaces the session's data. A browser without a live session gets a new one, with its cookie.
   *
   * @throws ERR_SESSION_DATA if the data is not JSON, ERR_SESSION_KEY for a reserved key.
   */
  async write(data: Partial<Storable<Data>>, options: SeedOptions = {}): Promise<void> {
    await this.#write((await this.cookie()) ?? null, data, options);
  }

  /** Gives the browser a new session, even if `use.storageState` has brought one. @internal */
  async begin(data: Partial<Storable<Data>>, options: SeedOptions): Promise<void> {
    await this.#write(null, data, options);
  }

  /** Returns the session ID, or null if the browser has no live session. */
  async id(): Promise<string | null> {
    const cookie = await this.cookie();
    return cookie === undefined ? null : this.#run.id(cookie);
  }

  /** Lets the session time out now. The browser keeps its cookie. */
  async expire(): Promise<void> {
    const cookie = await this.cookie();
    if (cookie !== undefined) await this.#run.expire(cookie);
  }

  /** Deletes the session from the store, as a sign-out elsewhere would. The browser keeps its cookie. */
  async revoke(): Promise<void> {
    const cookie = await this.cookie();
    if (cookie !== undefined) await this.#run.revoke(cookie);
  }

  /** Keeps the session when the test is over. @internal */
  async keep(): Promise<void> {
    const cookie = await this.cookie();
    if (cookie !== undefined) await this.#run.keep(cookie);
  }

  /** Returns the decoded value of the browser's session cookie. @internal */
  async cookie(): Promise<string | undefined> {
    return (await this.#sessionCookie())?.value;
  }

  /**
   * Returns why the app did not accept the session that the test gave to the browser. Returns null if it did, or if nothing shows
   * that it did not.
   *
   * @internal
   */
  async explain(): Promise<string | null> {
    const given = this.#given;
    const cookies = await this.#cookies();
    const cookie = await this.#sessionCookie();
    // Without a cookie, nothing tells who removed it.
    if (given === undefined || cookie === undefined) return null;
    const { name, value: now } = cookie;
    const requests = (await this.#requests.withCookie(name)).length;
    const [elsewhere] = this.#requests.urls;
    if (requests === 0 && elsewhere !== undefined) return this.#notSent(elsewhere);
    return (await this.#run.explain?.({ given, now, cookies, requests })) ?? null;
  }

  /** Returns the session cookie that counts: the first by its name. */
  async #sessionCookie(): Promise<{ name: string; value: string } | undefined> {
    const cookies = await this.#cookies();
    const name = this.#run.cookieNames.find((one) => cookies[one] !== undefined);
    return name === undefined ? undefined : { name, value: cookies[name] as string };
  }

  /** Returns the cookies of the app, by name. */
  async #cookies(): Promise<Record<string, string>> {
    // All cookies, not only those of the base URL: the session cookie may have another path.
    const cookies = (await this.context.cookies()).filter(({ domain }) => this.#isOurs(domain));
    return Object.fromEntries(cookies.map(({ name, value }) => [name, decodeCookieValue(value)]));
  }

  async #write(known: string | null, data: object, options: SeedOptions): Promise<void> {
    checkTestOptions('The session', options, ['createdAt', 'cookie'], OF_CONTEXT);
    const { createdAt, cookie } = options;
    const time = createdAt === undefined ? null : Number(createdAt);
    const fresh = await this.#run.write(known, jsonData(data), time);
    if (!fresh) return;
    await this.context.addCookies([{ ...this.#placed(fresh), ...this.#partition(fresh, cookie), ...cookie }]);
    this.#given = decodeCookieValue(fresh.value);
  }

  /**
   * Adds the domain. Playwright takes a cookie for that of one host unless its domain begins with a dot. With
   * a URL instead of a domain, Playwright would ignore `secure`.
   */
  #placed({ domain, partitioned: _, ...cookie }: BackendCookie) {
    if (domain !== undefined) return { ...cookie, domain: `.${domain.replace(/^\./, '')}` };
    if (this.#app) return { ...cookie, domain: this.#app.hostname };
    throw new SessionError(
      'ERR_SESSION_TESTING',
      'sessionFixtures: set use.baseURL in playwright.config.ts. The session cookie needs its host.',
    );
  }

  /**
   * Returns the partition of a cookie that the app sets as the site at the top. A test that names another site means the
   * app in a frame of that.
   */
  #partition({ partitioned }: BackendCookie, { partitionKey }: Partial<Cookie> = {}) {
    if (!partitioned || !this.#app || partitionKey !== undefined) return {};
    // Otherwise Playwright takes every partition for that of a frame.
    return { partitionKey: this.#app.origin, _crHasCrossSiteAncestor: false };
  }

  #notSent(url: string): string {
    const { origin, pathname } = new URL(url);
    return (
      `The browser did not send the cookie "${this.#run.cookieNames[0]}" to ${origin}${pathname}: the cookie is for ` +
      `${this.#app?.hostname}, the host of use.baseURL, and for what the cookie option of the app says (path, secure, domain). ` +
      "Use paths without a host in page.goto('/…')."
    );
  }

  #isOurs(domain: string): boolean {
    return !this.#app || `.${this.#app.hostname}`.endsWith(`.${domain.replace(/^\./, '')}`);
  }
}
