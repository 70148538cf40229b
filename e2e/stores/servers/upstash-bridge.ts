import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import type { Login } from './redis-clients.js';

/** A request that the bridge has got. */
export interface BridgeRequest {
  readonly path: string;
  readonly commands: readonly (readonly string[])[];
}

/** What the bridge does with a request, in place of what Upstash does. */
export type Misbehaviour = (response: ServerResponse) => void;

/** Commands that replicas answer. */
const READS = new Set(['get', 'getrange', 'pttl', 'eval_ro', 'evalsha_ro']);

interface BridgeOptions {
  /** Whom the bridge signs in as. */
  readonly login?: Login;
  /**
   * A Redis that answers reads, as a replica which lags behind: unless the request has the sync token of the last write, or a later
   * one.
   */
  readonly replicaPort?: number;
}

type Answer = { readonly result: unknown } | { readonly error: string };

/** Where commands go: one after the other on one connection, or as a transaction. */
const BATCHES: Readonly<Record<string, 'pipeline' | 'multi'>> = {
  '/pipeline': 'pipeline',
  '/multi-exec': 'multi',
};

/**
 * Stands in front of a Redis as Upstash does. It speaks the REST protocol as
 * https://upstash.com/docs/redis/features/restapi describes it, and as @upstash/redis understands it: a command or a list of them
 * as JSON, a token, strings in Base64 on demand, and a sync token with each response.
 */
export class UpstashBridge {
  readonly token = 'the token of the bridge';
  readonly requests: BridgeRequest[] = [];
  readonly #server: Server;
  readonly #redis: Redis;
  readonly #replica: Redis | undefined;
  #misbehaviours: Misbehaviour[] = [];
  /** How many requests there were, and which was the last one that may have written. */
  #states = 0;
  #written = 0;

  private constructor(redis: Redis, replica: Redis | undefined) {
    this.#redis = redis;
    this.#replica = replica;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => {
        response.writeHead(500).end(JSON.stringify({ error: String(error) }));
      });
    });
  }

  static async start(redisPort: number, { login, replicaPort }: BridgeOptions = {}): Promise<UpstashBridge> {
    const [redis, replica] = [redisPort, replicaPort].map((port) => {
      if (port === undefined) return undefined;
      return new Redis({ ...login, port, enableReadyCheck: false }).on('error', () => {});
    });
    const bridge = new UpstashBridge(redis as Redis, replica);
    await once(bridge.#server.listen(0, '127.0.0.1'), 'listening');
    return bridge;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** As open-store.mjs takes it. */
  get storeUrl(): `http:${string}` {
    return `http://${encodeURIComponent(this.token)}@127.0.0.1:${this.port}`;
  }

  /** Does this with the next requests, one each, which do not reach Redis. */
  misbehave(...next: Misbehaviour[]): void {
    this.#misbehaviours = next;
  }

  async stop(): Promise<void> {
    this.#redis.disconnect();
    this.#replica?.disconnect();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const body = JSON.parse(await textOf(request));
    const commands: string[][] = path === '/' ? [body] : body;
    this.#states++;
    const isRead = commands.every(([name = '']) => READS.has(name.toLowerCase()));
    const known = Number(request.headers['upstash-sync-token'] ?? 0);
    const isBehind = isRead && known < this.#written;
    const redis = (isBehind && this.#replica) || this.#redis;
    if (!isRead) this.#written = this.#states;
    this.requests.push({ path, commands });
    const misbehaviour = this.#misbehaviours.shift();
    if (misbehaviour) return misbehaviour(response);
    response.setHeader('content-type', 'application/json');
    response.setHeader('upstash-sync-token', isBehind && this.#replica ? known : this.#states);
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      return send(response, 401, { error: 'WRONGPASS invalid or missing auth token' });
    }
    const toAnswer = request.headers['upstash-encoding'] === 'base64' ? inBase64 : (answer: Answer) => answer;
    const batch = BATCHES[path];
    if (batch) {
      const answers = await run(redis, batch, commands);
      return Array.isArray(answers)
        ? send(response, 200, answers.map(toAnswer))
        : send(response, 400, answers);
    }
    const [answer] = (await run(redis, 'pipeline', commands)) as [Answer];
    send(response, 'error' in answer ? 400 : 200, toAnswer(answer));
  }
}

/** Returns an error alone for a transaction that was not run. */
async function run(
  redis: Redis,
  batch: 'pipeline' | 'multi',
  commands: string[][],
): Promise<Answer[] | { error: string }> {
  const lowerCased = commands.map(([name = '', ...args]) => [name.toLowerCase(), ...args]);
  try {
    const replies = (await redis[batch](lowerCased).exec()) ?? [];
    return replies.map(([error, result]) => (error ? { error: error.message } : { result }));
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  // In one write, so that a proxy sees one reply.
  response.writeHead(status).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** All strings but the status OK. */
function inBase64(answer: Answer): Answer {
  return 'result' in answer ? { result: encoded(answer.result) } : answer;
}

function encoded(result: unknown): unknown {
  if (Array.isArray(result)) return result.map(encoded);
  return typeof result === 'string' && result !== 'OK' ? Buffer.from(result).toString('base64') : result;
}
