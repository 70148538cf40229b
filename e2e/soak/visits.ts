import nextAppSession, {
  type AppSession,
  type NextAppSession,
  SessionError,
  type Store,
} from 'next-app-session';
import { Browser } from '../stores/browser.kit.js';
import type { Job, Shared } from './job.js';
import { type Began, clock, type Journal, type Kind, type Outcome, type Value } from './journal.js';

interface Data extends Value {
  user: string;
}

/** Of a brief session: the shortest lifetime that a cookie can have, and each read slides it. */
export const BRIEF_MS = 1000;
/** How long an ID that was replaced can be read, where it can. */
export const GRACE_MS = 2000;
/** How long a call waits for the store: less than some faults last. */
const STORE_TIMEOUT_MS = 1000;

/** What a visit to a session that is gone throws where it would begin another one. */
class NothingThere extends Error {}

/** One operation, as a visitor's request does it. */
export interface Visit {
  readonly client: string;
  readonly kind: Kind;
  /** The session of the visitor; null for `create` and `revoke`. */
  readonly shared: Shared | null;
  /** Who signs in by `regenerate`, or whose sessions `revoke` ends. */
  readonly user?: string;
  /** Whether the request reads the session before it writes. */
  readonly readsFirst: boolean;
  readonly isBrief: boolean;
}

/** What the operations found out about the session. */
export interface Visited {
  /** Whether the session is there, as far as the visit tells. */
  readonly isGone: boolean;
  /** The session that began. */
  readonly began: Shared | null;
  /** Whether the store failed. */
  readonly hasFailed: boolean;
}

/** Runs operations on the sessions of a store by the library, and writes down what it tells. */
export class Visits {
  readonly #apps: Readonly<Record<'lasting' | 'brief', NextAppSession<Data>>>;
  readonly #journal: Journal;
  readonly #process: string;
  #count = 0;

  constructor(store: Store<object>, { app, name: process }: Job, journal: Journal) {
    const options = {
      secret: 'a secret',
      store,
      storeTimeout: STORE_TIMEOUT_MS / 1000,
      regenerateGrace: app.hasGrace ? GRACE_MS / 1000 : 0,
      ...(app.isSealed && { encryptionKey: 'an encryption key of at least 32 characters' }),
    };
    this.#apps = {
      lasting: nextAppSession<Data>({ ...options, name: 'lasting', user: ({ user }) => user }),
      brief: nextAppSession<Data>({ ...options, name: 'brief', idleTimeout: BRIEF_MS / 1000, touchAfter: 0 }),
    };
    this.#journal = journal;
    this.#process = process;
  }

  async run(visit: Visit): Promise<Visited> {
    const { client, kind, shared, user } = visit;
    const op = ++this.#count;
    const tag = `${this.#process}.${op}`;
    const name = visit.isBrief ? 'brief' : 'lasting';
    const session = shared?.session ?? null;
    const call = { is: 'call', op, client, kind, session, tag, at: clock(), ...(user && { user }) } as const;
    this.#journal.write(call);
    const browser = new Browser(this.#apps[name], shared ? { [name]: shared.cookie } : {});
    const state = new Run(op, tag, visit, this.#journal);
    await browser.visit((own) => state.run(own, this.#apps[name]));
    const cookie = browser.cookies[name];
    const hasBegun = cookie !== undefined && cookie !== shared?.cookie && state.written !== null;
    const began = hasBegun && state.written ? { session: tag, cookie, isBrief: visit.isBrief } : null;
    this.#journal.write({
      is: 'return',
      op,
      outcome: state.outcome,
      at: clock(),
      ...(kind === 'read' && { saw: state.saw }),
      ...(state.error && { error: state.error }),
      ...(began && state.written && { began: beganOf(began, state.written) }),
    });
    return { isGone: state.isGone || cookie === undefined, began, hasFailed: state.hasFailed };
  }
}

const beganOf = ({ session, isBrief }: Shared, { user, ...value }: Written): Began => ({
  session,
  user,
  value,
  isBrief,
});

interface Written extends Value {
  readonly user: string | null;
}

/** What is known of an operation while it runs. */
class Run {
  outcome: Outcome = 'ok';
  saw: Value | null = null;
  written: Written | null = null;
  error: string | undefined;
  isGone = false;
  hasFailed = false;
  readonly #op: number;
  readonly #tag: string;
  readonly #visit: Visit;
  readonly #journal: Journal;
  #attempts = 0;

  constructor(op: number, tag: string, visit: Visit, journal: Journal) {
    this.#op = op;
    this.#tag = tag;
    this.#visit = visit;
    this.#journal = journal;
  }

  async run(own: () => AppSession<Data>, app: NextAppSession<Data>): Promise<void> {
    const { kind, readsFirst } = this.#visit;
    try {
      if (kind === 'revoke') await app.user(this.#visit.user ?? '').revokeAll();
      else {
        if (readsFirst) await own().get('tag');
        await this.#works[kind](own());
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #works: Readonly<Record<Exclude<Kind, 'revoke'>, (own: AppSession<Data>) => Promise<unknown>>> = {
    create: (own) => {
      this.written = { tag: this.#tag, n: 0, user: null };
      return own.setAll({ tag: this.#tag, n: 0 } as Data);
    },
    read: async (own) => {
      this.saw = heldBy(await own.all());
      this.isGone = this.saw === null;
    },
    set: (own) => {
      this.written = { tag: this.#tag, n: 0, user: null };
      return own.set('tag', this.#tag);
    },
    update: (own) => own.update((data) => this.#change(data, 1)),
    regenerate: (own) => own.regenerate((data) => this.#change(data, 0)),
    touch: (own) => own.touch(),
    destroy: (own) => own.destroy(),
  };

  /** The function given to the library. It may run again, and writes another tag then. */
  #change(data: Partial<Data>, more: number): Data {
    const from = heldBy(data);
    const tag = `${this.#tag}/${++this.#attempts}`;
    const to = from && { tag, n: from.n + more };
    this.#journal.write({ is: 'attempt', op: this.#op, from, to });
    if (!to) throw new NothingThere();
    const user = this.#visit.user ?? data.user;
    this.written = { ...to, user: user ?? null };
    return { ...to, ...(user && { user }) } as Data;
  }

  #fail(error: unknown): void {
    this.isGone = error instanceof NothingThere || codeOf(error) === 'ERR_SESSION_GONE';
    if (error instanceof NothingThere) return;
    this.hasFailed = !this.isGone;
    this.outcome = isUnknown(error) ? 'unknown' : 'refused';
    this.error = `${codeOf(error)}: ${error instanceof Error ? error.message : error}`;
  }
}

function heldBy({ tag, n }: Partial<Data>): Value | null {
  return tag === undefined ? null : { tag, n: n ?? 0 };
}

const codeOf = (error: unknown) => (SessionError.is(error) ? error.code : 'no SessionError');

/**
 * Returns whether the write may have taken effect, by what the error tells its reader. A deletion that says "The record is still
 * there" may still arrive.
 */
function isUnknown(error: unknown): boolean {
  return !SessionError.is(error) || /outcome is unknown|is still there/.test(error.message);
}
