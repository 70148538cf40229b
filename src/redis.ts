export type {
  IoRedisClient,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisPool,
  NodeRedisSentinel,
  RedisClient,
} from './stores/redis/redis-client.js';
export { RedisStore, type RedisStoreOptions, type Serializer } from './stores/redis/redis-store.js';
