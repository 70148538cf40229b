import { digest } from '../../lib/digest.js';
import type { RedisCommand, SendToRedis } from './redis-client.js';

/** A Lua script that Redis runs atomically, called by its hash. */
export interface RedisScript {
  readonly source: string;
  readonly sha1: string;
}

/**
 * Runs a script by its hash, after `first` in the same round trip; in full where the server does not know it.
 *
 * @param keys all of one slot.
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
 * KEYS: record, staged value. ARGV: SHA-1 of the whole value expected, '' for none; time to live, ms.
 *
 * Puts the staged value in the place of the record, if that is as expected. The value comes from a key since
 * arguments of a script show in Redis clients' traces.
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

/** KEYS: record. ARGV: SHA-1 of the whole value expected, '' for none. Removes the record, if it is as expected. */
export const REMOVE = script(`
local stored = redis.call('GET', KEYS[1])
local digest = stored and redis.sha1hex(stored) or ''
if digest ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
`);

/**
 * KEYS: a user's index. ARGV: session; until when its entry lasts; how far clocks may be apart; the time, '' for the
 * server's own. All in milliseconds.
 *
 * Adds a session to the index, and drops entries whose time is over. An index lives as long as each session in it.
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
