import { Deadline } from '../../lib/deadline.js';
import { PendingCalls } from '../../lib/pending-calls.js';
import { type ClientState, stateOf } from './client-state.js';
import { throwWithReason } from './connection-reason.js';
import type { NearCache } from './near-cache.js';
import {
  type RedisClient,
  type RedisCommand,
  readsFromReplicas,
  redisSender,
  type SendToRedis,
} from './redis-client.js';
import { RUN, runScript } from './redis-script.js';
import { isNothing, SpareConnection } from './spare-connection.js';

/** How long a read waits behind writes, in milliseconds, before it is sent on another connection too. */
const PATIENCE_MS = 100;
/** The most that it waits, on a connection whose writes only take long. */
const MAX_PATIENCE_MS = 1000;

/**
 * The commands to Redis. A server that pauses writes, as for a failover, holds up the whole connection on which one is sent, and
 * the reads behind it. So reads take a connection of their own as soon as they wait behind a write, until that is answered.
 */
export class RedisTraffic {
  /**
   * Whether replicas answer what only reads. They may lack the last writes: a sign-out or a revocation would not find a session that was
   * made a moment before. So reads are sent as scripts that might write, which only the primary runs.
   */
  readonly hasReplicas: boolean;
  readonly #client: RedisClient;
  readonly #state: ClientState;
  readonly #send: SendToRedis;
  /** The numbers of the writes that have not been answered. */
  readonly #writes = new Set<number>();
  #lastWrite = 0;
  /** The reads that may wait behind them. */
  readonly #reads = new PendingCalls();
  #spare: Spare | null = null;
  #patienceMs = PATIENCE_MS;

  /** @param near what keeps the reads of the client's connection, and forgets what is written. A spare connection is not its. */
  constructor(client: RedisClient, near: NearCache | null) {
    this.#client = client;
    const send = redisSender(client);
    this.#send = near ? near.watch(send) : send;
    this.#state = stateOf(client);
    this.hasReplicas = readsFromReplicas(client);
  }

  /** Sends a command that may write. Redis counts every script as one. */
  readonly write: SendToRedis = (key, command, first) => {
    const write = ++this.#lastWrite;
    const reply = this.#send(key, command, first);
    this.#writes.add(write);
    return reply.then(
      (value) => {
        this.#answered(write);
        return this.#onReply(value);
      },
      (error) => {
        this.#answered(write);
        return this.#onError(error);
      },
    );
  };

  /** Sends a command that only reads. */
  readonly read: SendToRedis = (key, command) => {
    if (this.hasReplicas) return this.#readByScript(key, command);
    const connection = this.#spare?.connection;
    if (connection?.hasAnswered) return this.#bySpare(connection, key, command, this.#sendRead);
    const reply = this.#sendRead(key, command);
    return this.#writes.size === 0 ? reply : this.#orBySpare(reply, key, command);
  };

  readonly #sendRead: SendToRedis = (key, command, first) =>
    this.#send(key, command, first).then(this.#onReply, this.#onError);

  /** Pools and clusters of node-redis do not say when they are connected again. */
  readonly #onReply = (reply: unknown): unknown => {
    this.#state.error = undefined;
    return reply;
  };

  readonly #onError = (error: unknown): never => throwWithReason(error, this.#state);

  #readByScript(key: string, [name, , ...args]: RedisCommand): Promise<unknown> {
    return runScript(this.#sendRead, RUN, [key], [name, ...args]);
  }

  /** Returns the reply, or that of the spare connection if it is the first. */
  #orBySpare(reply: Promise<unknown>, key: string, command: RedisCommand): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let giveUp = () => {};
      // What follows on a promise has the context of this read, as its trace. That of the timer is another request's.
      void new Promise<void>((resolve) => {
        giveUp = resolve;
      }).then(() => {
        const connection = this.#openSpare();
        if (connection) this.#bySpare(connection, key, command, () => reply).then(resolve, reject);
      });
      const read = { deadline: new Deadline(this.#patienceMs), giveUp };
      this.#reads.add(read);
      reply.then(
        (value) => {
          this.#reads.delete(read);
          resolve(value);
        },
        (error) => {
          this.#reads.delete(read);
          reject(error);
        },
      );
    });
  }

  /**
   * Sends a read on the spare connection. What that one does not answer is answered by `otherwise`, and so is what it does not
   * find: the app may have changed the user or the database of its own connection, which the spare one does not know.
   */
  async #bySpare(
    connection: SpareConnection,
    key: string,
    command: RedisCommand,
    otherwise: SendToRedis,
  ): Promise<unknown> {
    const reply = await connection.send(key, command).catch((error) => {
      // Whoever runs a script then sends its source.
      if (String(error).includes('NOSCRIPT')) throw error;
      return null;
    });
    return isNothing(reply) ? otherwise(key, command) : reply;
  }

  #openSpare(): SpareConnection | null {
    if (this.#writes.size > 0) {
      this.#spare ??= {
        connection: SpareConnection.open(this.#client),
        behind: new Set(this.#writes),
        openedAt: performance.now(),
      };
    }
    return this.#spare?.connection ?? null;
  }

  #answered(write: number): void {
    this.#writes.delete(write);
    this.#spare?.behind.delete(write);
    if (this.#spare?.behind.size !== 0) return;
    const { connection, openedAt } = this.#spare;
    this.#spare = null;
    connection?.close();
    // Soon: the connection was not held up, it is slow. The next spare one is opened later.
    if (performance.now() - openedAt < MAX_PATIENCE_MS) {
      this.#patienceMs = Math.min(this.#patienceMs * 2, MAX_PATIENCE_MS);
    }
  }
}

interface Spare {
  /** Null if the client cannot be duplicated. */
  readonly connection: SpareConnection | null;
  /** The writes behind which reads wait. */
  readonly behind: Set<number>;
  readonly openedAt: number;
}
