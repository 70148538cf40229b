import { EventEmitter } from 'node:events';
import type { NodeRedisClient } from '../stores/redis/redis-client.js';

type Listener = (message: unknown) => void;

/** Lets what it is given pass, or holds it until it is told to let it go. */
class Valve {
  readonly #held: (() => void)[] = [];
  #toHold = 0;

  /** Holds what comes from now on, or so much of it. */
  hold(count = Number.POSITIVE_INFINITY): void {
    this.#toHold = count;
  }

  /** Lets all pass, or only so many of those that are held, the oldest first. */
  release(count = Number.POSITIVE_INFINITY): void {
    if (count === Number.POSITIVE_INFINITY) this.#toHold = 0;
    for (const pass of this.#held.splice(0, count)) pass();
  }

  pass(task: () => void): void {
    if (this.#toHold > 0) this.#held.push(task);
    else task();
    this.#toHold = Math.max(0, this.#toHold - 1);
  }
}

/**
 * A Redis in memory that tracks what its clients read, as far as the near cache needs it. Commands are run at once, in their order.
 * Replies and messages can be held back, which a real Redis does only by chance.
 */
export class TrackingRedis {
  readonly values = new Map<string, string>();
  readonly messages = new Valve();
  /** How many times each command was sent. */
  readonly sent: Record<string, number> = {};
  /** Commands that are refused, with the words of Redis. */
  readonly refused: Record<string, string> = {};
  readonly subscribers: TrackingSubscriber[] = [];
  /** Who has read a key since it changed. */
  readonly #readers = new Map<string, Set<TrackedClient>>();

  client(): TrackedClient {
    return new TrackedClient(this);
  }

  /** Changes a value, as another process does. */
  write(key: string, value: string | null): void {
    if (value === null) this.values.delete(key);
    else this.values.set(key, value);
    const readers = this.#readers.get(key) ?? [];
    this.#readers.delete(key);
    for (const reader of readers) this.#tell(reader, [key]);
  }

  flush(): void {
    this.values.clear();
    for (const reader of new Set([...this.#readers.values()].flatMap((readers) => [...readers])))
      this.#tell(reader, null);
    this.#readers.clear();
  }

  run(reader: TrackedClient, command: readonly string[]): unknown {
    const [name = '', key = '', ...args] = command;
    this.sent[name] = (this.sent[name] ?? 0) + 1;
    const refusal = this.refused[name];
    if (refusal !== undefined) throw new Error(refusal);
    const value = this.values.get(key) ?? null;
    if (name === 'GET' || name === 'GETRANGE') {
      if (reader.redirect) this.#readers.set(key, (this.#readers.get(key) ?? new Set()).add(reader));
      return name === 'GET' ? value : (value ?? '').slice(0, Number(args[1]) + 1);
    }
    if (name === 'DEL') {
      this.write(key, null);
      return value === null ? 0 : 1;
    }
    if (name === 'PEXPIRE') {
      if (value !== null) this.write(key, value);
      return value === null ? 0 : 1;
    }
    if (name === 'SET') {
      const expected = args.indexOf('IFEQ');
      if (expected >= 0 && args[expected + 1] !== value) return null;
      this.write(key, args.includes('PXAT') ? null : (args[0] ?? ''));
      return 'OK';
    }
    if (name === 'CLIENT' && key === 'TRACKING') {
      reader.redirect = this.subscribers.find(({ id }) => id === args[2]);
      if (!reader.redirect) throw new Error('ERR The client ID you want redirect to does not exist');
      return 'OK';
    }
    throw new Error(`ERR unknown command ${name}`);
  }

  #tell(reader: TrackedClient, message: unknown): void {
    const { redirect } = reader;
    this.messages.pass(() => redirect?.listener?.(message));
  }
}

/** A client of node-redis. */
export class TrackedClient extends EventEmitter implements NodeRedisClient {
  readonly replies = new Valve();
  redirect: TrackingSubscriber | undefined;
  readonly #redis: TrackingRedis;

  constructor(redis: TrackingRedis) {
    super();
    this.#redis = redis;
    this.on('error', () => {});
  }

  sendCommand(command: string[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      try {
        const reply = this.#redis.run(this, command);
        this.replies.pass(() => resolve(reply));
      } catch (error) {
        this.replies.pass(() => reject(error));
      }
    });
  }

  duplicate(): TrackingSubscriber {
    return new TrackingSubscriber(this.#redis);
  }
}

/** A client that is made to listen. */
export class TrackingSubscriber extends EventEmitter implements NodeRedisClient {
  readonly id: string;
  listener: Listener | undefined;
  isClosed = false;

  constructor(redis: TrackingRedis) {
    super();
    this.id = String(redis.subscribers.push(this));
    this.on('error', () => {});
  }

  async connect(): Promise<void> {}

  /** Says its number, unless it is subscribed. Leaves everything else unanswered. */
  sendCommand([name]: string[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.listener) reject(new Error("ERR Can't execute 'client|id' in this context"));
      else if (name === 'CLIENT') resolve(Number(this.id));
    });
  }

  async subscribe(_channel: string, listener: Listener): Promise<void> {
    this.listener = listener;
  }

  async unsubscribe(): Promise<void> {
    this.listener = undefined;
  }

  destroy(): void {
    this.isClosed = true;
    this.listener = undefined;
    // Clients tell it later.
    setTimeout(() => this.emit('end'), 10);
  }
}
