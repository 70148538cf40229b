import {
  clientToDuplicate,
  isIoRedis,
  type RedisClient,
  type RedisCommand,
  redisSender,
  type SendToRedis,
} from './redis-client.js';

/** A second client of the same server. */
type Duplicate = RedisClient & {
  on(event: 'error', listener: () => void): unknown;
  /** Of node-redis. A client of ioredis connects by itself. */
  connect?(): Promise<unknown>;
  /** Of ioredis. */
  disconnect?(): void;
  /** Of node-redis. */
  destroy?(): void;
};

/** Returns whether a reply shows nothing: null, an empty text, or lists of these. */
export function isNothing(reply: unknown): boolean {
  return reply === null || reply === '' || (Array.isArray(reply) && reply.every(isNothing));
}

/** A connection beside that of the app's client, for as long as that one is held up. */
export class SpareConnection {
  readonly #client: Duplicate;
  readonly #send: SendToRedis;
  readonly #connected: Promise<unknown>;
  #hasAnswered = false;

  private constructor(client: Duplicate, connected: Promise<unknown>) {
    this.#client = client;
    this.#send = redisSender(client);
    this.#connected = connected;
  }

  /** Returns null for a client that cannot be duplicated. */
  static open(ofStore: RedisClient): SpareConnection | null {
    const client = clientToDuplicate(ofStore);
    if (!client || !('duplicate' in client) || typeof client.duplicate !== 'function') return null;
    // Commands wait until it is connected.
    const queue = { enableOfflineQueue: true };
    const isOfIoRedis = isIoRedis(client);
    const options = isOfIoRedis ? (client.isCluster ? [[], queue] : [queue]) : [];
    try {
      const duplicate: Duplicate = client.duplicate(...options);
      // Without a listener node-redis ends the process, and ioredis writes to the console.
      duplicate.on('error', () => {});
      const connected = Promise.resolve(isOfIoRedis ? undefined : duplicate.connect?.());
      connected.catch(() => {});
      return new SpareConnection(duplicate, connected);
    } catch {
      // It is opened after a timer, where nobody catches.
      return null;
    }
  }

  /** Whether it works, so that reads need not be sent on the held-up one as well. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  async send(key: string, command: RedisCommand): Promise<unknown> {
    await this.#connected;
    const reply = await this.#send(key, command);
    this.#hasAnswered ||= !isNothing(reply);
    return reply;
  }

  close(): void {
    try {
      if (this.#client.destroy) this.#client.destroy();
      else this.#client.disconnect?.();
    } catch {
      // A client of node-redis that never connected has nothing to close.
    }
  }
}
