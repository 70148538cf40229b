import { errorMonitor } from 'node:events';
import { isIoRedis, type RedisClient, redisSender } from './redis-client.js';

/** Where Redis says which keys have changed. */
const CHANNEL = '__redis__:invalidate';

/** What a client says when its connection breaks. */
const BROKEN = ['close', 'end', 'reconnecting', errorMonitor];

/** A client of ioredis or node-redis, as far as it listens. */
type Listening = RedisClient & {
  duplicate(options: object): Listening;
  on(event: string | symbol, listener: (...args: never[]) => void): unknown;
  subscribe(channel: string, listener?: (message: unknown) => void, isBuffer?: true): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  /** Of node-redis. A client of ioredis connects by itself. */
  connect?(): Promise<unknown>;
  disconnect?(): void;
  /** Of node-redis. */
  destroy?(): void;
  /** Of node-redis. */
  unref?(): void;
};

/** What a subscriber tells. */
export interface SubscriberEvents {
  /** A key has changed, or any key may have (null). */
  changed(name: string | null): void;
  /** Messages may have been lost. */
  broken(): void;
}

/** Calls a listener when the connection of this client breaks. */
export function onBroken(client: RedisClient, broken: () => void): void {
  for (const event of BROKEN) (client as Listening).on(event, broken);
}

/** Calls a listener when this client has a connection. */
export function onReady(client: RedisClient, ready: () => void): void {
  (client as Listening).on('ready', ready);
}

/** The connection on which Redis says what has changed. */
export class Subscriber {
  readonly #client: Listening;
  /** Null once it is closed. A client tells of its end later. */
  #events: SubscriberEvents | null;
  readonly #connected: Promise<unknown>;
  #listening: Promise<string> | null = null;

  private constructor(client: Listening, events: SubscriberEvents, connected: Promise<unknown>) {
    this.#client = client;
    this.#events = events;
    this.#connected = connected;
    onBroken(client, () => this.#events?.broken());
    if (isIoRedis(client)) {
      // The event `message` makes one text of a list.
      client.on('messageBuffer', (_channel: unknown, message: unknown) => this.#tell(message));
    }
  }

  /** Of a client that the app has given. */
  static of(client: RedisClient, events: SubscriberEvents): Subscriber {
    return new Subscriber(client as Listening, events, Promise.resolve());
  }

  /** Of a connection that is opened for it. */
  static open(client: RedisClient, events: SubscriberEvents): Subscriber {
    const { duplicate } = client as Listening;
    // Over RESP 3 it is no message of a channel, and ioredis drops it. Options that need RESP 3 would throw.
    const own = duplicate.call(
      client,
      isIoRedis(client)
        ? { protocol: 2, keyPrefix: '', lazyConnect: false, enableOfflineQueue: true }
        : { RESP: 2, maintNotifications: 'disabled', disableOfflineQueue: false },
    );
    // Without a listener node-redis ends the process, and ioredis writes to the console.
    own.on('error', () => {});
    // Whether the process goes on is for the connection of the app to decide.
    own.unref?.();
    const connected = Promise.resolve(isIoRedis(client) ? undefined : own.connect?.());
    connected.catch(() => {});
    return new Subscriber(own, events, connected);
  }

  /** Subscribes, unless that is under way. Returns the number by which Redis knows this connection. */
  listen(): Promise<string> {
    // Of two at a time, the second would ask for the number of a connection that is subscribed.
    this.#listening ??= this.#subscribe().finally(() => {
      this.#listening = null;
    });
    return this.#listening;
  }

  async #subscribe(): Promise<string> {
    await this.#connected;
    // After a reconnect it has subscribed again by itself. A connection that is subscribed may not ask for its number.
    await this.#client.unsubscribe(CHANNEL);
    const id = String(await redisSender(this.#client)('', ['CLIENT', 'ID']));
    await (isIoRedis(this.#client)
      ? this.#client.subscribe(CHANNEL)
      : this.#client.subscribe(CHANNEL, (message) => this.#tell(message), true));
    return id;
  }

  close(): void {
    this.#events = null;
    try {
      if (this.#client.destroy) this.#client.destroy();
      else this.#client.disconnect?.();
    } catch {
      // A client of node-redis that never connected has nothing to close.
    }
  }

  /** A message is a list of keys. Where all have changed, as by FLUSHALL, it is null. */
  #tell(message: unknown): void {
    const names: readonly unknown[] = Array.isArray(message) ? message : [null];
    for (const name of names) this.#events?.changed(name === null ? null : String(name));
  }
}
