import { digest } from '../../lib/digest.js';
import type { RedisCommand, SendToRedis } from './redis-client.js';

/** A Lua script, which Redis runs atomically. It is called by its hash. */
export interface RedisScript {
  readonly source: string;
  readonly sha1: string;
}

/**
 * Runs a script by its hash, after `first` in the same round trip. Sends the source if the server does not
 * know the script.
 *
 * @param keys the script's keys, all in one slot.
 */
export function runScript(
  send: SendToRedis,
  script: RedisScript,
  keys: readonly [string, ...string[]],
  args: readonly string[],
  first?: RedisCommand,
): Promise<unknown> {
  const [key] = keys;
  const command: RedisCommand = ['EVALSHA', script.sha1, String(keys.length), ...keys, ...args];
  return send(key, command, first).catch((error) => {
    if (!String(error).includes('NOSCRIPT')) throw error;
    return send(key, ['EVAL', script.source, ...command.slice(2)]);
  });
}

/**
 * Runs a script that writes nothing, so that a server which holds writes back runs it too.
 *
 * @returns null if the server does not know such scripts (Redis 6.2), or does not allow them.
 */
export function runReadOnly(
  read: SendToRedis,
  script: RedisScript,
  keys: readonly [string, ...string[]],
  args: readonly string[],
): Promise<unknown> {
  const [key] = keys;
  const command: RedisCommand = ['EVALSHA_RO', script.sha1, String(keys.length), ...keys, ...args];
  return read(key, command).catch((error) => {
    if (/unknown command|NOPERM/i.test(String(error))) return null;
    if (!String(error).includes('NOSCRIPT')) throw error;
    return read(key, ['EVAL_RO', script.source, ...command.slice(2)]);
  });
}

/** Makes a script. */
export function script(source: string): RedisScript {
  return { source, sha1: digest('sha1', source, 'hex') };
}

/**
 * Replaces a record by the staged value, if the record is as expected. The value comes from a key, because
 * traces of Redis clients show the arguments of a script.
 *
 * KEYS: the record; the staged value.
 * ARGV: SHA-1 of the expected value; the time to live in milliseconds.
 */
export const SWAP = script(`
local stored = redis.call('GET', KEYS[1])
if not stored or redis.sha1hex(stored) ~= ARGV[1] then
  redis.call('DEL', KEYS[2])
  return 0
end
redis.call('RENAME', KEYS[2], KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);

/**
 * Runs a command, and returns its reply or its error.
 *
 * KEYS: its key.
 * ARGV: its name; its other arguments.
 */
export const RUN = script('return redis.pcall(ARGV[1], KEYS[1], unpack(ARGV, 2))');

/**
 * Deletes a record, if it is as expected.
 *
 * KEYS: the record.
 * ARGV: SHA-1 of the expected value, '' for none.
 */
export const DELETE = script(`
local stored = redis.call('GET', KEYS[1])
local digest = stored and redis.sha1hex(stored) or ''
if digest ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
`);
