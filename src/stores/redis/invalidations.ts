import { randomText } from '../../lib/random-text.js';
import { warnOnce } from '../../lib/warnings.js';
import type { RedisClient, SendToRedis } from './redis-client.js';
import { onBroken, onReady, Subscriber, type SubscriberEvents } from './subscriber.js';

/** How long after a heartbeat the next one is sent, if anything is read. */
const BEAT_EVERY_MS = 500;
/** How long a heartbeat may take. */
const PATIENCE_MS = 1000;
/** How long each step of a start may take. */
const START_MS = 5000;
/** How long nothing is tried after a start that failed, unless the client gets another connection. */
const PAUSE_MS = 1000;
const PAUSE_AFTER_REFUSAL_MS = 60_000;

/** How long Redis keeps the key of a heartbeat. */
const BEAT_TTL_MS = '10000';

const GUIDE = 'redis.md#near-cache';

/**
 * What Redis says of a command that the user may not send, or that it does not know. It does not know a subscriber that is gone by then,
 * or is at another server while a failover is under way.
 */
const REFUSED = /^(\w+: )?(NOPERM|ERR) (?!The client ID )/;

/** The first heartbeat has not arrived. */
interface Starting {
  readonly is: 'starting';
  /** Finds out whether there is a connection at all, opens the second one, and lets Redis track the first. */
  step: 'asking' | 'listening' | 'tracking';
}

/** Whether Redis tells this process what changes. */
type State =
  | { readonly is: 'off'; readonly until: number; readonly lacksSubscriber?: boolean }
  | Starting
  | { readonly is: 'live'; beatAt: number };

/** What is told of changes. */
export interface InvalidationEvents {
  /** From now on, every change is told. */
  live(): void;
  /** A key has changed, or any key may have (null). */
  changed(name: string | null): void;
  /** Changes are not told from now on, and may not have been for a while. */
  broken(): void;
}

/**
 * Learns from Redis which keys have changed of those that a client has read: CLIENT TRACKING, with REDIRECT to a second connection.
 *
 * Two connections may break, and a path that dies silently tells nobody. So there are heartbeats: each reads a key that nobody else has, writes
 * it, and waits to be told of that. The first one is sent at the start, and later ones twice a second while something is read. Without
 * reads nothing runs.
 */
export class Invalidations {
  readonly #client: RedisClient;
  readonly #given: Subscriber | undefined;
  readonly #events: InvalidationEvents;
  readonly #keyPrefix: string;
  readonly #beatKey: string;
  #beats = 0;
  /** The heartbeats under way, by the names of their keys. */
  readonly #awaited = new Map<string, () => void>();
  #state: State = { is: 'off', until: 0 };
  #subscriber: Subscriber | undefined;

  /**
   * @param subscriber the app's; without one, a duplicate of the client is opened for each start.
   * @param prefix what the keys of heartbeats begin with.
   * @param keyPrefix what the client puts before every key.
   */
  constructor(
    client: RedisClient,
    subscriber: RedisClient | undefined,
    prefix: string,
    keyPrefix: string,
    events: InvalidationEvents,
  ) {
    this.#client = client;
    this.#events = events;
    this.#keyPrefix = keyPrefix;
    // `#` is not a letter of an ID, so no session has such a key.
    this.#beatKey = `${prefix}#near:${randomText(16)}`;
    onBroken(client, this.#fromSubscriber.broken);
    onReady(client, this.#tryAgain);
    if (!subscriber) return;
    this.#given = Subscriber.of(subscriber, this.#fromSubscriber);
    onReady(subscriber, this.#tryAgain);
  }

  get isLive(): boolean {
    return this.#state.is === 'live';
  }

  /**
   * Starts, or sends a heartbeat, if it is time to. To be called before each read.
   *
   * @param write sends a command over the client's connection.
   */
  lookAfter(write: SendToRedis): void {
    const state = this.#state;
    if (state.is === 'starting') return;
    const now = performance.now();
    if (state.is === 'off') {
      if (now >= state.until) void this.#start(write, state.lacksSubscriber);
      return;
    }
    if (now - state.beatAt < BEAT_EVERY_MS) return;
    state.beatAt = now;
    this.#beat(write, PATIENCE_MS).catch(() => {
      if (this.#state === state) this.#stop(0);
    });
  }

  /** @param isSecond whether the start before this one found no second connection. The app may still have been opening its own. */
  async #start(write: SendToRedis, isSecond = false): Promise<void> {
    const state: Starting = { is: 'starting', step: 'asking' };
    this.#state = state;
    try {
      await within(START_MS, write(this.#beatKey, ['GET', this.#beatKey]));
      if (this.#state !== state) return;
      state.step = 'listening';
      this.#subscriber = this.#given ?? Subscriber.open(this.#client, this.#fromSubscriber);
      const id = await within(START_MS, this.#subscriber.listen());
      state.step = 'tracking';
      await within(START_MS, write('', ['CLIENT', 'TRACKING', 'ON', 'REDIRECT', id]));
      await this.#beat(write, START_MS);
      if (this.#state !== state) return;
      this.#state = { is: 'live', beatAt: performance.now() };
      this.#events.live();
    } catch (error) {
      if (this.#state !== state) return;
      const isRefused = REFUSED.test(String(error));
      if (isRefused) warnOnce(REFUSAL, GUIDE);
      else if (error === UNHEARD) warnOnce(SILENCE, GUIDE);
      else if (isSecond && state.step === 'listening') warnOnce(NO_SUBSCRIBER, GUIDE);
      this.#stop(isRefused ? PAUSE_AFTER_REFUSAL_MS : PAUSE_MS);
    }
  }

  #stop(pauseMs: number): void {
    const state = this.#state;
    if (state.is === 'off') return;
    const lacksSubscriber = state.is === 'starting' && state.step === 'listening';
    this.#state = { is: 'off', until: performance.now() + pauseMs, lacksSubscriber };
    if (this.#subscriber !== this.#given) this.#subscriber?.close();
    this.#subscriber = undefined;
    this.#events.broken();
  }

  /** Each has another key, so that a late message of one is not taken for that of the next. */
  async #beat(write: SendToRedis, patienceMs: number): Promise<void> {
    const key = `${this.#beatKey}.${++this.#beats}`;
    const name = this.#keyPrefix + key;
    const heard = new Promise<void>((resolve) => void this.#awaited.set(name, resolve));
    try {
      await within(patienceMs, write(key, ['SET', key, '', 'PX', BEAT_TTL_MS], ['GET', key]));
      await within(patienceMs, heard, UNHEARD);
    } finally {
      this.#awaited.delete(name);
    }
  }

  readonly #tryAgain = () => {
    if (this.#state.is === 'off') this.#state = { ...this.#state, until: 0 };
  };

  readonly #fromSubscriber: SubscriberEvents = {
    changed: (name) => {
      const awaited = name === null ? undefined : this.#awaited.get(name);
      if (awaited) awaited();
      else this.#events.changed(name);
    },
    // The app's subscriber says when it is there again.
    broken: () => this.#stop(this.#state.is === 'live' && !this.#given ? 0 : PAUSE_MS),
  };
}

const TIMED_OUT = new Error('timed out');
const UNHEARD = new Error('unheard');

const CACHES_NOTHING =
  'RedisStore caches nothing, although it has the option nearCache: its reads go to Redis, as without. It tries again.';

const NO_SUBSCRIBER = `${CACHES_NOTHING} The second connection is not open. If you gave subscriber, connect it: await subscriber.connect().`;

const REFUSAL =
  `${CACHES_NOTHING} Redis refused CLIENT TRACKING, CLIENT ID, SUBSCRIBE or the write of a heartbeat. Allow them ` +
  '(docs/redis.md#access-rights), or leave the option out, as behind a proxy that does not know them.';

const SILENCE =
  `${CACHES_NOTHING} Redis took CLIENT TRACKING, and said nothing of a change on the second connection. If you gave subscriber, let it ` +
  'speak RESP 2 (protocol: 2 of ioredis, RESP: 2 of the redis package) with the same server, and do nothing else.';

/** Waits for a promise. Fails with `late` if that takes longer. */
async function within<T>(ms: number, promise: Promise<T>, late = TIMED_OUT): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), ms);
    timer.unref();
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
