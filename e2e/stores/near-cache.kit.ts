import { type NearCacheOptions, type RedisClient, RedisStore } from 'next-app-session/redis';
import { expect } from 'vitest';
import { type ClientKind, singleClients } from './servers/redis-clients.js';

/** The clients that can have a near cache. */
export const nearClients: readonly ClientKind[] = singleClients.filter(({ name }) => !name.includes('pool'));

const options = () => ({ now: Date.now(), clock: 'system', maxBytes: 10_000, near: true }) as const;

/** A store with a near cache, as a request reads it first. */
export class NearStore {
  readonly store: RedisStore;

  constructor(client: RedisClient, nearCache: NearCacheOptions = {}, prefix = 'sess:') {
    this.store = new RedisStore({ client, nearCache, prefix });
  }

  load(id = 'a') {
    return this.store.atomic.load(id, options());
  }

  /** The value of `n`, and where it was found; the message of the error if the read failed. */
  async found(id = 'a'): Promise<unknown> {
    try {
      const loaded = await this.load(id);
      return loaded && [(loaded.record as { n?: number }).n, loaded.source ?? 'redis'];
    } catch (error) {
      return error instanceof Error ? error.message : error;
    }
  }

  put(n: number, id = 'a') {
    return this.store.set(id, recordOf(n));
  }

  /** Reads until a record is in memory. Returns its value. */
  async keeps(id = 'a'): Promise<number> {
    let kept: unknown;
    await expect
      .poll(
        async () => {
          const found = await this.found(id);
          const [n, source] = Array.isArray(found) ? found : [];
          kept = n;
          return source;
        },
        { timeout: 20_000, interval: 5 },
      )
      .toBe('near_cache');
    return kept as number;
  }

  /** Reads until a read finds the value. Returns how long that took, in milliseconds. */
  async sees(n: number | null, id = 'a'): Promise<number> {
    const since = performance.now();
    for (;;) {
      const found = await this.found(id);
      if (n === null ? found === null : Array.isArray(found) && found[0] === n)
        return performance.now() - since;
      if (performance.now() - since > 20_000) throw new Error(`Found ${found}, and not ${n}.`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

export function recordOf(n: number) {
  return { cookie: { expires: Date.now() + 600_000 }, n };
}
