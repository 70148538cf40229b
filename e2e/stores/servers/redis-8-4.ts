import type { Redis } from 'ioredis';
import type { RedisClient } from 'next-app-session/redis';

/** SET … IFEQ as the documentation of Redis 8.4 has it: no key is made, and the answer is nil where the value is another one. */
const SET_IF_EQUAL = `
if redis.call('GET', KEYS[1]) ~= ARGV[4] then return false end
return redis.call('SET', KEYS[1], ARGV[1], ARGV[2], ARGV[3])
`;

/**
 * Returns a client that answers as if its server were Redis 8.4, which no stable system has. The server itself is an older one,
 * whose errors for a wrong type, a full memory and a replica are the same.
 */
export function asRedis84(client: Redis): RedisClient {
  return {
    call: (name, args) => {
      const [key = '', value = '', condition, compared = '', unit = '', ms = ''] = args;
      if (name !== 'set' || condition !== 'IFEQ') return client.call(name, args);
      return client.eval(SET_IF_EQUAL, 1, key, value, unit, ms, compared);
    },
    pipeline: (commands) => client.pipeline(commands),
    on: (event: string, listener: () => void) => client.on(event, listener),
  } as RedisClient;
}
