import { digest } from '../../lib/digest.js';
import { randomText } from '../../lib/random-text.js';
import { type ClientState, stateOf } from './client-state.js';
import type { RedisClient, RedisCommand, SendToRedis } from './redis-client.js';
import { DELETE, runScript, SWAP } from './redis-script.js';

/** How long a staged value lives if its swap never runs. */
const STAGING_MS = '10000';

/** The longest record, in characters, that is sent again to be compared. Of a longer one, a script compares the digest, which is short. */
const MAX_COMPARED = 8192;

/** An end in the past, with which a key is gone at once. */
const ENDED = ['PXAT', '1'];

/** What a server that does not know IFEQ answers to the question. A proxy in front of it may say something else after ERR. */
const UNKNOWN = /^(\w+: )?ERR /;

/** What it answers to a swap. A proxy may say ERR of a server that it lost, too, and then nobody knows what that has written. */
const NOT_WRITTEN = /^(\w+: )?ERR syntax error/;

/** What a server says whose memory is full. A script may delete all the same. */
const FULL = /^(\w+: )?OOM /;

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
    return this.#setIfEqual(key, expected, value, ['PX', ttl], () => {
      const staging = this.#unusedKey(key);
      const stage: RedisCommand = ['SET', staging, value, 'PX', STAGING_MS];
      return runScript(this.#write, SWAP, [key, staging], [sha1(expected), ttl], stage).then(isOne);
    });
  }

  /** @param expected null for nothing. */
  remove(key: string, expected: string | null): Promise<boolean> {
    const byScript = () =>
      runScript(this.#write, DELETE, [key], [expected === null ? '' : sha1(expected)]).then(isOne);
    return expected === null ? byScript() : this.#setIfEqual(key, expected, '', ENDED, byScript);
  }

  /** @param byScript does the same, for a server that does not compare in SET, and for a long record. */
  #setIfEqual(
    key: string,
    expected: string,
    value: string,
    end: readonly string[],
    byScript: () => Promise<boolean>,
  ): Promise<boolean> {
    if (expected.length > MAX_COMPARED) return byScript();
    const server = this.#server;
    const send = (comparesInSet: boolean) => {
      if (!comparesInSet) return byScript();
      return this.#write(key, setIfEqual(key, expected, value, end)).then(isDone, (error) => {
        // A node of a cluster that is older than the one that was asked.
        if (isError(error, NOT_WRITTEN)) server.comparesInSet = undefined;
        else if (!isError(error, FULL)) throw error;
        return byScript();
      });
    };
    return server.comparesInSet === undefined ? this.#ask(key).then(send) : send(server.comparesInSet);
  }

  /**
   * Asks the server of a key whether it compares in SET, by a removal of nothing. It has no data: what is refused hangs on the error,
   * and may be traced.
   */
  #ask(key: string): Promise<boolean> {
    const server = this.#server;
    return this.#write(key, setIfEqual(this.#unusedKey(key), '', '', ENDED)).then(
      (reply) => {
        // One that takes no notice of the condition writes, or deletes.
        server.comparesInSet = !isDone(reply);
        return server.comparesInSet;
      },
      (error) => {
        if (isError(error, UNKNOWN)) server.comparesInSet = false;
        else if (!isError(error, FULL)) throw error;
        return false;
      },
    );
  }

  /** Returns a key that nobody else uses, in the same slot as `key`. */
  #unusedKey(key: string): string {
    const unique = `${this.#nonce}.${++this.#writes}`;
    return key.includes('{') ? `${key}:${unique}` : `${this.#prefix}{${key}}:${unique}`;
  }
}

/** The condition comes first: Dragonfly deletes a key as soon as it reads of an end in the past, whatever follows. */
function setIfEqual(key: string, expected: string, value: string, end: readonly string[]): RedisCommand {
  return ['SET', key, value, 'IFEQ', expected, ...end];
}

function isDone(reply: unknown): boolean {
  return reply !== null;
}

/** Looks at the beginning only: behind it, an error may have the command and so data. */
function isError(error: unknown, reply: RegExp): boolean {
  return reply.test(String(error));
}

function isOne(reply: unknown): boolean {
  return reply === 1;
}

function sha1(text: string): string {
  return digest('sha1', text, 'hex');
}
