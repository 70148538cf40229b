import { digest } from './digest.js';

/** A Lua script that Redis runs atomically, called by its hash. */
export interface RedisScript {
  readonly source: string;
  readonly sha1: string;
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
