import { SessionError } from '../../src/lib/errors.js';
import type { Session } from '../../src/record/record.js';
import { generateId } from '../../src/record/session-id.js';
import type { UserId } from '../../src/record/user-key.js';
import { internalsOf } from '../../src/session-internals.js';
import type { Store } from '../../src/store-contract/store.js';
import { testOverrides } from '../../src/test-seam/test-overrides.js';
import { InspectableStore } from '../store/inspectable-store.js';
import { RecordedTelemetry } from '../store/record-telemetry.js';
import { SessionBackdoor } from '../store/session-backdoor.js';
import { TestClock } from '../store/test-clock.js';
import { withOverrides } from '../store/with-overrides.js';
import { CookieJar } from './cookie-jar.js';
import type { MockCookies } from './mock-cookies.js';

/** Options of `createSessionTester`. */
export interface TesterOptions<Data extends object> {
  /** What the session holds at first. @default no session */
  readonly data?: Partial<Data>;
  /**
   * The store in place of the app's. Give another tester's `store` for a second user of the same server: they share
   * its time too.
   * @default an empty MemoryStore
   */
  readonly store?: Store<object>;
  /** What time it is; it stands still but for `advance`. @default now */
  readonly now?: Date | number;
  /** Other cookies that the browser has. */
  readonly cookies?: Readonly<Record<string, string>>;
  /** Headers of every request. */
  readonly headers?: HeadersInit;
  /**
   * A jar in place of Next's `cookies()`, for a version of Next that this tester does not know: what else Next has
   * for a request is then missing.
   */
  readonly jar?: MockCookies;
}

/** The session's ID before and after a call. */
export interface Rotation {
  readonly before: string | null;
  readonly after: string | null;
  /** Whether the ID from before still leads to a session. */
  readonly isOldAlive: boolean;
}

/** A browser with a session in a store, and the time that both go by. */
export class TestSession<Data extends object> {
  readonly store: InspectableStore;
  readonly telemetry = new RecordedTelemetry();
  readonly clock: TestClock;
  readonly jar: CookieJar;
  readonly headers: Headers;
  readonly mock: MockCookies | undefined;
  /** Done when the data that the test began with is stored. */
  readonly seeded: Promise<void>;
  readonly #sessions: SessionBackdoor;
  #idBefore: string | null = null;

  constructor(session: object, options: TesterOptions<Data>) {
    const internals = internalsOf(session);
    if (!internals) throw notASession();
    const { store, now = Date.now(), cookies, headers, data, jar } = options;
    this.store = store instanceof InspectableStore ? store : new InspectableStore(store);
    this.clock = this.store.clock ??= new TestClock(now);
    this.#sessions = new SessionBackdoor(internals.options, this.store, this.clock.now);
    this.jar = new CookieJar(this.clock.now, cookies);
    this.headers = new Headers(headers);
    this.mock = jar;
    this.seeded = data === undefined ? Promise.resolve() : this.#write(data);
    // Whoever uses the session is told; nobody may.
    this.seeded.catch(() => {});
  }

  /** Runs code with this store, clock and telemetry in place of the app's. */
  within<T>(code: () => T): T {
    const outer = testOverrides();
    const { name } = this.#sessions.options;
    return withOverrides(
      {
        clock: this.clock,
        store: (other) => (other === name ? this.store : outer?.store?.(other)),
        sink: this.telemetry.sink,
        jar: this.mock,
      },
      code,
    );
  }

  /** Before each call of the app's code. */
  async beginCall(): Promise<void> {
    await this.seeded;
    this.#idBefore = this.#id;
  }

  async rotation(): Promise<Rotation> {
    const before = this.#idBefore;
    const isOldAlive = before !== null && (await this.#sessions.find(before)) !== null;
    return { before, after: await this.id(), isOldAlive };
  }

  async seed(data: Partial<Data>): Promise<void> {
    await this.seeded;
    await this.#write(data);
  }

  async read(): Promise<Partial<Data> | null> {
    await this.seeded;
    return ((await this.#live())?.data as Partial<Data> | undefined) ?? null;
  }

  async id(): Promise<string | null> {
    await this.seeded;
    return (await this.#live()) ? this.#id : null;
  }

  async expire(): Promise<void> {
    await this.seeded;
    if (this.#id !== null) await this.#sessions.expire(this.#id);
  }

  async destroy(): Promise<void> {
    await this.seeded;
    if (this.#id !== null) await this.#sessions.remove(this.#id);
  }

  /** The ID of the user who is signed in, as the `user` option gives it. */
  async userId(): Promise<UserId> {
    const data = (await this.read()) ?? {};
    return this.#sessions.options.user?.(data);
  }

  /** The ID that the browser's cookie proves. */
  get #id(): string | null {
    return this.#sessions.idIn(this.jar.get(this.#sessions.options.name));
  }

  async #live(): Promise<Session | null> {
    return this.#id === null ? null : this.#sessions.find(this.#id);
  }

  /** Not async but for the store: bad data throws, and the cookie is there, as soon as the tester is made. */
  #write(data: Partial<Data>): Promise<void> {
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
    'createSessionTester takes what nextAppSession(…) returned, such as `session` of lib/session.ts, not what ' +
      'calling that gives.',
  );
}
