import { digest } from '../../lib/digest.js';
import { randomText } from '../../lib/random-text.js';
import { type ClientState, stateOf } from './client-state.js';
import type { RedisClient, RedisCommand, SendToRedis } from './redis-client.js';
import { DELETE, runScript, SWAP } from './redis-script.js';

/** How long a staged value lives if its swap never runs. */
const STAGING_MS = '10000';

/** The longest record, in characters, that is sent again to be compared. Of a longer one, a script compares the digest. */
const MAX_COMPARED = 4096;

/** What a server that does not compare in SET says, and one whose memory is full. A script may delete all the same. */
const REFUSED = /\b(ERR syntax error|OOM)\b/;

/**
 * Writes that take effect only if the stored text is as expected. A server that compares in SET gets one SET. Any other gets a
 * script, which compares the digest: traces of Redis clients show the arguments of a script, and of SET only the key.
 */
export class RedisSwap {
  readonly #write: SendToRedis;
  readonly #prefix: string;
  readonly #server: ClientState;
  /** Tells this store's staged values from those of other processes. */
  readonly #nonce = randomText(16);
  #writes = 0;

  constructor(client: RedisClient, write: SendToRedis, prefix: string) {
    this.#write = write;
    this.#prefix = prefix;
    this.#server = stateOf(client);
  }

  /** Writes where nothing is. One command for one key, which a cluster also takes while the slot moves to another node. */
  create(key: string, value: string, ttl: string): Promise<boolean> {
    return this.#write(key, ['SET', key, value, 'PX', ttl, 'NX']).then(isDone);
  }

  replace(key: string, expected: string, value: string, ttl: string): Promise<boolean> {
    return this.#setIfEqual(key, expected, [value, 'PX', ttl], () => {
      const staging = this.#unusedKey(key);
      const stage: RedisCommand = ['SET', staging, value, 'PX', STAGING_MS];
      return runScript(this.#write, SWAP, [key, staging], [sha1(expected), ttl], stage).then(isOne);
    });
  }

  /** @param expected null for nothing. */
  remove(key: string, expected: string | null): Promise<boolean> {
    const byScript = () =>
      runScript(this.#write, DELETE, [key], [expected === null ? '' : sha1(expected)]).then(isOne);
    return expected === null ? byScript() : this.#setIfEqual(key, expected, ['', 'PXAT', '1'], byScript);
  }

  /** @param byScript does the same, for a server that does not compare in SET. */
  #setIfEqual(
    key: string,
    expected: string,
    value: readonly string[],
    byScript: () => Promise<boolean>,
  ): Promise<boolean> {
    const server = this.#server;
    if (server.comparesInSet === 'unknown') this.#ask(key);
    if (server.comparesInSet === 'no' || expected.length > MAX_COMPARED) return byScript();
    return this.#write(key, ['SET', key, ...value, 'IFEQ', expected]).then(isDone, (error) => {
      server.comparesInSet = 'unknown';
      if (!REFUSED.test(String(error))) throw error;
      return byScript();
    });
  }

  /** Asks the server, with a key and values that hold nothing: what it refuses is on the error, and may be traced. */
  #ask(key: string): void {
    const server = this.#server;
    server.comparesInSet = 'no';
    const unused = this.#unusedKey(key);
    this.#write(key, ['SET', unused, '', 'PX', '1', 'IFEQ', '']).then(
      (reply) => {
        // A server that writes here takes no notice of the condition.
        if (!isDone(reply)) server.comparesInSet = 'yes';
      },
      (error) => {
        if (!/\bERR\b/.test(String(error))) server.comparesInSet = 'unknown';
      },
    );
  }

  /** Returns a key that nobody else uses, in the same slot as `key`. */
  #unusedKey(key: string): string {
    const unique = `${this.#nonce}.${++this.#writes}`;
    return key.includes('{') ? `${key}:${unique}` : `${this.#prefix}{${key}}:${unique}`;
  }
}

function isDone(reply: unknown): boolean {
  return reply !== null;
}

function isOne(reply: unknown): boolean {
  return reply === 1;
}

function sha1(text: string): string {
  return digest('sha1', text, 'hex');
}
