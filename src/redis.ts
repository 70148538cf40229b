export type { NearCacheOptions } from './stores/redis/near-options.js';
export type {
  IoRedisClient,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisPool,
  NodeRedisSentinel,
  RedisClient,
} from './stores/redis/redis-client.js';
export type { RedisStoreOptions, Serializer } from './stores/redis/redis-options.js';
export { RedisStore } from './stores/redis/redis-store.js';
export type { UpstashClient } from './stores/redis/upstash.js';
