import { withReason } from './connection-reason.js';
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

const WAITING = Symbol('waiting');

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
  readonly #send: SendToRedis;
  /** The writes that have not been answered. */
  readonly #writes = new Set<symbol>();
  #spare: Spare | null = null;
  #patienceMs = PATIENCE_MS;

  /** @param near what keeps the reads of the client's connection, and forgets what is written. A spare connection is not its. */
  constructor(client: RedisClient, near: NearCache | null) {
    this.#client = client;
    const send = withReason(client, redisSender(client));
    this.#send = near ? near.watch(send) : send;
    this.hasReplicas = readsFromReplicas(client);
  }

  /** Sends a command that may write. Redis counts every script as one. */
  readonly write: SendToRedis = (key, command, first) => {
    const write = Symbol(command[0]);
    const reply = this.#send(key, command, first);
    this.#writes.add(write);
    return reply.finally(() => this.#answered(write));
  };

  /** Sends a command that only reads. */
  readonly read: SendToRedis = (key, command) => {
    if (this.hasReplicas) return this.#readByScript(key, command);
    const connection = this.#spare?.connection;
    if (connection?.hasAnswered) return this.#bySpare(connection, key, command, this.#send);
    const reply = this.#send(key, command);
    return this.#writes.size === 0 ? reply : this.#orBySpare(reply, key, command);
  };

  #readByScript(key: string, [name, , ...args]: RedisCommand): Promise<unknown> {
    return runScript(this.#send, RUN, [key], [name, ...args]);
  }

  async #orBySpare(reply: Promise<unknown>, key: string, command: RedisCommand): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, this.#patienceMs, WAITING);
    });
    const first = await Promise.race([reply, patience]).finally(() => clearTimeout(timer));
    if (first !== WAITING) return first;
    const connection = this.#openSpare();
    return connection ? Promise.race([reply, this.#bySpare(connection, key, command, () => reply)]) : reply;
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

  #answered(write: symbol): void {
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
  readonly behind: Set<symbol>;
  readonly openedAt: number;
}
