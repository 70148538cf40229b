/** The path of a Redis or Valkey server, or undefined. REDIS_SERVER_PATH wins. */
export declare function findRedis(): string | undefined;
