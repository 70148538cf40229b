import type { BrowserContext, Cookie } from '@playwright/test';
import { SessionError } from '../../src/lib/errors.js';
import { jsonData } from '../../src/lib/json.js';
import type { BackendCookie, BackendRun } from '../backend/session-backend.js';
import { decodeCookieValue } from '../tester/cookie-jar.js';

/** How a session is to begin. */
export interface SeedOptions {
  /** When it was created: for absolute timeouts. @default now */
  readonly createdAt?: Date | number | undefined;
  /** What the browser's cookie has different from how the app would set it. */
  readonly cookie?: Partial<Omit<Cookie, 'name' | 'value'>> | undefined;
}

/** The session that a browser has with the app under test, whatever its ID is by now. */
export class BrowserSession<Data extends object = Record<string, unknown>> {
  /** @internal */
  readonly context: BrowserContext;
  readonly #run: BackendRun;
  /** Of the app. */
  readonly #host: string | undefined;

  /** @internal */
  constructor(run: BackendRun, context: BrowserContext, baseURL: string | undefined) {
    this.#run = run;
    this.context = context;
    this.#host = baseURL ? new URL(baseURL).hostname : undefined;
  }

  /** The data in the store, or null when the browser has no live session. */
  async read(): Promise<Partial<Data> | null> {
    const cookie = await this.cookie();
    return cookie === undefined ? null : ((await this.#run.read(cookie)) as Partial<Data> | null);
  }

  /**
   * Replaces the data. A browser without a live session is given one, with its cookie.
   *
   * @throws ERR_SESSION_DATA when the data is not JSON, ERR_SESSION_KEY for a reserved key.
   */
  async write(data: Partial<Data>, options: SeedOptions = {}): Promise<void> {
    await this.#write((await this.cookie()) ?? null, data, options);
  }

  /** Gives the browser a session of its own, whatever `use.storageState` has brought. @internal */
  async begin(data: Partial<Data>, options: SeedOptions): Promise<void> {
    await this.#write(null, data, options);
  }

  /** The session ID, or null when the browser has no live session. */
  async id(): Promise<string | null> {
    const cookie = await this.cookie();
    return cookie === undefined ? null : this.#run.id(cookie);
  }

  /** Lets the session time out; the browser keeps its cookie. */
  async expire(): Promise<void> {
    const cookie = await this.cookie();
    if (cookie !== undefined) await this.#run.expire(cookie);
  }

  /** Removes the session from the store, as a sign-out elsewhere would; the browser keeps its cookie. */
  async revoke(): Promise<void> {
    const cookie = await this.cookie();
    if (cookie !== undefined) await this.#run.revoke(cookie);
  }

  /** Leaves the session there when the test is over. @internal */
  async keep(): Promise<void> {
    const cookie = await this.cookie();
    if (cookie !== undefined) await this.#run.keep(cookie);
  }

  /** The value of the session cookie that the browser has now, decoded. @internal */
  async cookie(): Promise<string | undefined> {
    // Not those of the base URL: the cookie may have a path of its own.
    const cookies = await this.context.cookies();
    const found = cookies.find(({ name, domain }) => name === this.#run.cookieName && this.#isOurs(domain));
    return found && decodeCookieValue(found.value);
  }

  async #write(known: string | null, data: object, { createdAt, cookie }: SeedOptions): Promise<void> {
    const time = createdAt === undefined ? null : Number(createdAt);
    const fresh = await this.#run.write(known, jsonData(data), time);
    if (fresh) await this.context.addCookies([{ ...this.#placed(fresh), ...cookie }]);
  }

  /** Playwright keeps a cookie to its host unless the domain begins with a dot. Of a URL it would lose `secure`. */
  #placed({ domain, ...cookie }: BackendCookie) {
    if (domain !== undefined) return { ...cookie, domain: `.${domain.replace(/^\./, '')}` };
    if (this.#host !== undefined) return { ...cookie, domain: this.#host };
    throw new SessionError(
      'ERR_SESSION_TESTING',
      'sessionFixtures: set use.baseURL in playwright.config.ts, so that it is known whose cookie to set.',
    );
  }

  #isOurs(domain: string): boolean {
    return this.#host === undefined || `.${this.#host}`.endsWith(`.${domain.replace(/^\./, '')}`);
  }
}
