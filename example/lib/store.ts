import type { Options } from 'next-app-session';
import { postgresStore } from './postgres';
import { redisStore } from './redis';
import { sqliteStore } from './sqlite';

/** The first of these that is set says where sessions live. */
const { REDIS_URL, DATABASE_URL, SESSION_DB } = process.env;

/**
 * Makes the store at the first request that has a session. Its client is on `globalThis`, and so outlives
 * the module: `next dev` loads it again at each save, and a build has a copy of it in each bundle.
 */
export const store: Options['store'] =
  (REDIS_URL && (() => redisStore(REDIS_URL))) ||
  (DATABASE_URL && (() => postgresStore(DATABASE_URL))) ||
  (SESSION_DB && (() => sqliteStore(SESSION_DB))) ||
  undefined;
