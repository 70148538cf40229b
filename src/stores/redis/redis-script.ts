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

/** KEYS: record. ARGV: SHA-1 of the whole value expected. Removes the record, if it is as expected. */
export const REMOVE = script(`
local stored = redis.call('GET', KEYS[1])
if not stored or redis.sha1hex(stored) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
`);

/**
 * KEYS: a user's index. ARGV: session; until when it is noted; time to live of that, ms; the time before which entries are
 * over.
 *
 * Notes a session, and forgets those whose time is over. An index lives as long as each session that is in it.
 */
export const NOTE = script(`
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[4])
redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
`);
