import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { NearCacheOptions } from '../stores/redis/near-options.js';
import { RedisStore } from '../stores/redis/redis-store.js';
import { type TrackedClient, TrackingRedis } from './tracking-redis.js';

/** What the near caches of a process know each other by. */
export const CACHES = Symbol.for('next-app-session.near-caches');

export let redis: TrackingRedis;
export let client: TrackedClient;
export let store: RedisStore;

/** Sets a Redis up for each test, with a store that has a near cache, and takes over the clocks. */
export function onTrackingRedis(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    Reflect.deleteProperty(globalThis, CACHES);
    redis = new TrackingRedis();
    use(redis.client());
    put('a', { n: 1 });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
}

/** Goes on with a store of another client. */
export function use(by: TrackedClient, nearCache: NearCacheOptions = {}): void {
  client = by;
  store = new RedisStore({ client, nearCache });
}

export const inAMinute = () => ({ cookie: { expires: Date.now() + 60_000 } });
export const textOf = (data: object) => JSON.stringify({ ...inAMinute(), ...data });
export const options = () => ({ now: Date.now(), clock: 'system', maxBytes: 1000, near: true }) as const;

/** Writes a record as another process does. */
export function put(id: string, data: object): void {
  redis.write(`sess:${id}`, textOf(data));
}

/** What a request finds first: the value of `n`, and where from. */
export async function found(id = 'a', by = store): Promise<unknown> {
  const loaded = await by.atomic.load(id, options());
  return loaded && [(loaded.record as { n?: number }).n, loaded.source ?? 'redis'];
}

export const passed = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** Reads until what is read is kept. */
export async function keeps(id = 'a', by = store): Promise<void> {
  await found(id, by);
  await passed();
  await found(id, by);
  expect((await by.atomic.load(id, options()))?.source).toBe('near_cache');
}
