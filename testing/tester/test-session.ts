import { NextRequest } from 'next/server.js';
import { SessionError } from '../../src/lib/errors.js';
import type { Jsonified, Storable } from '../../src/lib/jsonified.js';
import type { Session } from '../../src/record/record.js';
import { generateId } from '../../src/record/session-id.js';
import { type UserId, userIds } from '../../src/record/user-key.js';
import { internalsOf } from '../../src/session-internals.js';
import type { Store } from '../../src/store-contract/store.js';
import { testOverrides } from '../../src/test-seam/test-overrides.js';
import { InspectableStore } from '../store/inspectable-store.js';
import { checkTestOptions } from '../store/misuse.js';
import { RecordedTelemetry } from '../store/record-telemetry.js';
import { SessionBackdoor } from '../store/session-backdoor.js';
import { TestClock } from '../store/test-clock.js';
import { withOverrides } from '../store/with-overrides.js';
import { CookieJar } from './cookie-jar.js';
import { type HeldRenew, HeldRenewals } from './held-renew.js';
import type { MockCookies } from './mock-cookies.js';
import { checkRequest, type TestRequest, toRequest } from './test-request.js';

/** The browser of a tester at the start. */
export interface BrowserOptions<Data extends object> {
  /** The data of the session that the browser has at the start. @default no session */
  readonly data?: Partial<Storable<Data>> | undefined;
  /**
   * The time at the start, a number in epoch milliseconds. It stands still until `advance`. The `store` of
   * another tester brings its own time.
   * @default the current time
   */
  readonly now?: Date | number | undefined;
  /** The other cookies of the browser, by name. @default none */
  readonly cookies?: Readonly<Record<string, string>> | undefined;
  /** The headers of every request. Headers of a single request win. @default none */
  readonly headers?: HeadersInit | undefined;
}

/** Options of `createSessionTester`. */
export interface TesterOptions<Data extends object> extends BrowserOptions<Data> {
  /**
   * The store to use instead of the app's. To test two users of one server, pass the `store` of another
   * tester: the two then share its clock, too.
   * @default an empty MemoryStore
   */
  readonly store?: Store<object> | undefined;
  /**
   * A cookie jar to use instead of Next's request scope, for a version of Next that the tester does not know.
   * `headers()`, `after()` and Next's own `cookies()` do not work then.
   * @default none
   */
  readonly jar?: MockCookies | undefined;
}

const OPTIONS: readonly (keyof TesterOptions<object>)[] = [
  'data',
  'store',
  'now',
  'cookies',
  'headers',
  'jar',
];
const OF_REQUEST = 'Give it to the call: t.route(POST, { body })';
const INSTEAD = {
  session: 'Use data',
  user: 'Put it into data',
  cookie: 'Use cookies',
  body: OF_REQUEST,
  method: OF_REQUEST,
};

/** The session's ID before and after a call of the app's code. */
export interface Rotation {
  readonly before: string | null;
  readonly after: string | null;
  /** Whether the old ID still leads to a live session. */
  readonly isOldAlive: boolean;
}

/** A browser with a session in a store, and the clock that both use. */
export class TestSession<Data extends object> {
  readonly store: InspectableStore;
  readonly telemetry = new RecordedTelemetry();
  readonly clock: TestClock;
  readonly jar: CookieJar;
  readonly headers: Headers;
  readonly mock: MockCookies | undefined;
  /** Resolves when the initial data is stored. */
  readonly #seeded: Promise<void>;
  readonly #sessions: SessionBackdoor;
  readonly #renewals = new HeldRenewals();
  #idBefore: string | null = null;

  /** @param browser the cookies, if another tester has them too. */
  constructor(session: object, options: TesterOptions<Data>, browser?: CookieJar) {
    const internals = internalsOf(session);
    if (!internals) throw notASession();
    checkTestOptions('createSessionTester', options, OPTIONS, INSTEAD);
    const { store, now = Date.now(), cookies, headers, data, jar } = options;
    this.store = store instanceof InspectableStore ? store : new InspectableStore(store);
    this.clock = this.store.clock ??= new TestClock(now);
    this.#sessions = new SessionBackdoor(internals.options, this.store, this.clock.now);
    this.jar = browser ?? new CookieJar(this.clock.now, cookies);
    this.headers = new Headers(headers);
    this.mock = jar;
    for (const { name, value } of jar?.getAll() ?? []) this.jar.set(name, value);
    this.#seeded = data === undefined ? Promise.resolve() : this.#write(data);
    // The tester's methods throw the error. Until one is called, it must not be an unhandled rejection.
    this.#seeded.catch(() => {});
  }

  /** Runs code with this store, clock and telemetry instead of the app's. */
  within<T>(code: () => T): T {
    const outer = testOverrides();
    const { name } = this.#sessions.options;
    return withOverrides(
      {
        clock: this.clock,
        store: (other) => (other === name ? this.store : outer?.store?.(other)),
        sinks: [this.telemetry.sink],
        jar: this.mock,
        refreshHooks: this.#renewals.over(outer?.refreshHooks),
      },
      code,
    );
  }

  holdRenew(key: string): HeldRenew {
    return this.#renewals.hold(key);
  }

  /** Makes the request of a call of the app's code. */
  async request(request: TestRequest, own?: 'params' | 'query'): Promise<NextRequest> {
    checkRequest(request, own);
    await this.beginCall();
    return new NextRequest(toRequest(request, this.headers, await this.jar.send()));
  }

  /** Prepares for a call of the app's code: waits for the initial data, and keeps the ID for `rotation`. */
  async beginCall(): Promise<void> {
    await this.#seeded;
    this.#idBefore = this.#id;
  }

  async rotation(): Promise<Rotation> {
    const before = this.#idBefore;
    const isOldAlive = before !== null && (await this.#sessions.find(before)) !== null;
    return { before, after: await this.id(), isOldAlive };
  }

  async seed(data: Partial<Storable<Data>>): Promise<void> {
    await this.#seeded;
    await this.#write(data);
  }

  async read(): Promise<Partial<Jsonified<Data>> | null> {
    await this.#seeded;
    return ((await this.#live())?.data as Partial<Jsonified<Data>> | undefined) ?? null;
  }

  async id(): Promise<string | null> {
    await this.#seeded;
    return (await this.#live()) ? this.#id : null;
  }

  async expire(): Promise<void> {
    await this.#seeded;
    if (this.#id !== null) await this.#sessions.expire(this.#id);
  }

  async destroy(): Promise<void> {
    await this.#seeded;
    if (this.#id !== null) await this.#sessions.delete(this.#id);
  }

  /** Returns the ID of the user who is signed in: the first that the `user` option returns. */
  async userId(): Promise<UserId> {
    const data = (await this.read()) ?? {};
    return userIds(this.#sessions.options.user?.(data))[0];
  }

  /** The session ID in the browser's cookie, or null if the signature does not hold. */
  get #id(): string | null {
    for (const name of this.#sessions.options.names) {
      const id = this.#sessions.idIn(this.jar.get(name));
      if (id !== null) return id;
    }
    return null;
  }

  async #live(): Promise<Session | null> {
    return this.#id === null ? null : this.#sessions.find(this.#id);
  }

  /** Not an async function: it throws for bad data, and sets the cookie, before it waits for the store. */
  #write(data: Partial<Storable<Data>>): Promise<void> {
    const { name, cookie } = this.#sessions.options;
    const id = this.#id ?? generateId();
    const session = this.#sessions.renew(data);
    const expires =
      cookie.maxAge === undefined ? undefined : new Date(this.clock.now() + cookie.maxAge * 1000);
    this.jar.set(name, this.#sessions.cookieOf(id), expires);
    return this.#sessions.write(id, session);
  }
}

function notASession(): SessionError {
  return new SessionError(
    'ERR_SESSION_TESTING',
    'createSessionTester takes what nextAppSession(…) returned. Pass `session` of lib/session.ts, not ' +
      '`session()`.',
  );
}
