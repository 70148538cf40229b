import { type RedisClient, RedisStore } from 'next-app-session/redis';
import { testStore } from 'next-app-session/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nearClients } from './near-cache.kit.js';
import type { Connection } from './servers/redis-clients.js';
import { RedisServer } from './servers/redis-server.js';

// All writes are of this process, so nothing old may be found, although every read takes what is near.

const options = () => ({ now: Date.now(), clock: 'system' }) as const;

/** A store whose every read takes what is near, if anything is. Counts where the reads found something. */
function nearStore(client: RedisClient, prefix: string, found: Record<string, number>): RedisStore {
  const store = new RedisStore({ client, prefix, nearCache: {} });
  const { load } = store.atomic;
  store.atomic.load = async (id, options) => {
    // The first one may fill the cache, which is then asked.
    await load(id, { ...options, near: true });
    const loaded = await load(id, { ...options, near: true });
    if (loaded) found[loaded.source ?? 'redis'] = (found[loaded.source ?? 'redis'] ?? 0) + 1;
    return loaded;
  };
  return store;
}

describe.each(nearClients.filter(({ name }) => name.includes(' 6')))('RedisStore on $name', ({ open }) => {
  const found: Record<string, number> = {};
  let server: RedisServer;
  let connection: Connection;
  let another: Connection;
  beforeAll(async () => {
    server = await RedisServer.start();
    connection = await open([server.port]);
    another = await open([server.port]);
    const store = nearStore(connection.client, 'warm-up:', {});
    await vi.waitFor(async () => {
      await store.set('a', { cookie: {} });
      await store.atomic.load('a', options());
      expect(await store.atomic.load('a', options())).toMatchObject({ source: 'near_cache' });
    });
  });
  afterAll(async () => {
    connection?.close();
    another?.close();
    await server?.stop();
    // Or this would be a test of something else.
    expect(found.near_cache).toBeGreaterThan(20);
  });

  testStore(
    { describe, it, expect },
    {
      create: ({ name }) => ({
        store: nearStore(connection.client, `sess:${name}:`, found),
        another: () => nearStore(another.client, `sess:${name}:`, found),
      }),
      atomic: true,
      users: true,
    },
  );
});
