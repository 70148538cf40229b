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
  const rest = [String(keys.length), ...keys, ...args];
  return send(key, ['EVALSHA', script.sha1, ...rest], first).catch((error) => {
    if (!String(error).includes('NOSCRIPT')) throw error;
    return send(key, ['EVAL', script.source, ...rest]);
  });
}

function script(source: string): RedisScript {
  return { source, sha1: digest('sha1', source, 'hex') };
}

/**
 * Replaces a record by the staged value, if the record is as expected. The value comes from a key, because
 * traces of Redis clients show the arguments of a script.
 *
 * KEYS: the record; the staged value.
 * ARGV: SHA-1 of the expected value, '' for none; the time to live in milliseconds.
 */
export const SWAP = script(`
local stored = redis.call('GET', KEYS[1])
local digest = stored and redis.sha1hex(stored) or ''
if digest ~= ARGV[1] then
  redis.call('DEL', KEYS[2])
  return 0
end
redis.call('RENAME', KEYS[2], KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);

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

/**
 * Adds a session to a user's index, and removes entries whose time is over. The index lives as long as its
 * last entry.
 *
 * KEYS: the index.
 * ARGV: the session's key; when its entry expires; how far clocks may be apart; the time, '' for the server's
 * own. All times are in milliseconds.
 */
export const ADD_TO_INDEX = script(`
local now = tonumber(ARGV[4])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[3]))
redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
local lifetime = math.max(1, ARGV[2] + ARGV[3] - now)
if redis.call('PTTL', KEYS[1]) < lifetime then
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', lifetime))
end
`);
