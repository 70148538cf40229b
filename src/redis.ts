export type { IoRedisClient, NodeRedisClient, NodeRedisCluster, RedisClient } from './redis-client.js';
export { RedisStore, type RedisStoreOptions, type Serializer } from './redis-store.js';
