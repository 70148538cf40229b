import { SessionError } from '../src/errors.js';
import { isAbsoluteExpired, isIdleExpired, slide } from '../src/expiry.js';
import { jsonData } from '../src/json.js';
import type { NextAppSession } from '../src/next-app-session.js';
import { parseRecord, type Session } from '../src/record.js';
import { generateId, hashSessionId } from '../src/session-id.js';
import { internalsOf, type SessionInternals } from '../src/session-internals.js';
import { signId } from '../src/signature.js';
import type { Store } from '../src/store.js';
import { BLANK, toRecord } from '../src/stored-session.js';
import { surroundings } from '../src/surroundings.js';
import { CookieJar } from './cookie-jar.js';
import { InspectableStore } from './inspectable-store.js';
import type { MockCookies } from './mock-cookies.js';
import { RecordedTelemetry } from './record-telemetry.js';
import { TestClock } from './test-clock.js';
import { withSurroundings } from './with-surroundings.js';

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
  readonly #internals: SessionInternals;
  #idBefore: string | null = null;

  constructor(session: NextAppSession<Data>, options: TesterOptions<Data>) {
    const internals = internalsOf(session);
    if (!internals) throw notASession();
    const { store, now = Date.now(), cookies, headers, data, jar } = options;
    this.#internals = internals;
    this.store = store instanceof InspectableStore ? store : new InspectableStore(store);
    this.clock = this.store.clock ??= new TestClock(now);
    this.jar = new CookieJar(this.clock.now, cookies);
    this.headers = new Headers(headers);
    this.mock = jar;
    this.seeded = data === undefined ? Promise.resolve() : this.#write(data);
    // Whoever uses the session is told; nobody may.
    this.seeded.catch(() => {});
  }

  /** Runs code with this store, clock and telemetry in place of the app's. */
  within<T>(code: () => T): T {
    const outer = surroundings();
    const { name } = this.#internals.options;
    return withSurroundings(
      {
        now: this.clock.now,
        store: (other) => (other === name ? this.store : outer?.store?.(other)),
        recorder: this.telemetry,
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
    const isOldAlive = before !== null && (await this.#liveSession(before)) !== null;
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
    const session = await this.#live();
    if (!session || this.#id === null) return;
    const expired = { ...session, expiresAt: this.clock.now() };
    await this.store.write(this.#key(this.#id), toRecord(expired, this.#internals.options));
  }

  async destroy(): Promise<void> {
    await this.seeded;
    if (this.#id !== null) await this.store.remove(this.#key(this.#id));
  }

  /** The ID that the browser's cookie proves. */
  get #id(): string | null {
    const value = this.jar.get(this.#internals.options.name);
    return value === undefined ? null : (this.#internals.cookie.prove(value)?.id ?? null);
  }

  #key(id: string): string {
    return (this.#internals.options.hashIds ?? this.store.hashIds) ? hashSessionId(id) : id;
  }

  async #live(): Promise<Session | null> {
    return this.#id === null ? null : this.#liveSession(this.#id);
  }

  async #liveSession(id: string): Promise<Session | null> {
    const { expiry } = this.#internals.options;
    const session = parseRecord(await this.store.peek(this.#key(id)));
    const now = this.clock.now();
    const isExpired =
      session &&
      ((!this.store.trustExpiry && isIdleExpired(session, now)) || isAbsoluteExpired(session, expiry, now));
    return isExpired ? null : session;
  }

  /** Not async but for the store: bad data throws, and the cookie is there, as soon as the tester is made. */
  #write(data: Partial<Data>): Promise<void> {
    const { options } = this.#internals;
    const now = this.clock.now();
    const id = this.#id ?? generateId();
    const session = slide({ ...BLANK, data: jsonData(data), cookieSentAt: now }, options.expiry, now);
    const { maxAge } = options.cookie;
    const expires = maxAge === undefined ? undefined : new Date(now + maxAge * 1000);
    this.jar.set(options.name, signId(id, options.secrets), expires);
    return this.store.write(this.#key(id), toRecord(session, options));
  }
}

function notASession(): SessionError {
  return new SessionError(
    'ERR_SESSION_TESTING',
    'createSessionTester takes what nextAppSession(…) returned, such as `session` of lib/session.ts, not what ' +
      'calling that gives.',
  );
}
