import type { Redis } from 'ioredis';
import type { RedisStore } from 'next-app-session/redis';
import type { SqlStore } from 'next-app-session/sql';

export interface OpenRedis {
  readonly store: RedisStore;
  readonly client: Redis;
  close(): Promise<void>;
}

export interface OpenSql {
  readonly store: SqlStore;
  /** Sends a statement past the store. Each `?` in it is a value. */
  query(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/**
 * Opens the store that a URL names: `redis://…`, `http://token@…` for Upstash, `postgres://…`, `mysql://…`, or `file:…` for SQLite.
 */
export declare function openStore(url: `redis:${string}`): Promise<OpenRedis>;
export declare function openStore(
  url: `redis:${string}` | `http:${string}`,
): Promise<Pick<OpenRedis, 'store' | 'close'>>;
export declare function openStore(url: string, options?: { readonly table?: string }): Promise<OpenSql>;
