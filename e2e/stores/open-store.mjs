// Opens the store that a URL names, as an app does it: in a test, and in the processes that it starts.
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisStore } from 'next-app-session/redis';
import { SqlStore } from 'next-app-session/sql';

/** By the protocol of the URL. A driver is loaded only where it is used: Node 20 has no SQLite. */
const openers = {
  'redis:': async (url) => {
    const { Redis } = await import('ioredis');
    const client = new Redis(url);
    await client.ping();
    return { store: new RedisStore({ client }), client, close: async () => client.disconnect() };
  },
  // Upstash: the token is the user of the URL.
  'http:': async (url) => {
    const { Redis } = await import('@upstash/redis');
    const { origin, username } = new URL(url);
    const client = new Redis({ url: origin, token: decodeURIComponent(username) });
    return { store: new RedisStore({ client }), client, close: async () => {} };
  },
  'postgres:': async (url, options) => {
    const { Pool } = await import('pg');
    const client = new Pool({ connectionString: url });
    const query = async (text, values) => {
      let position = 0;
      return (
        await client.query(
          text.replaceAll('?', () => `$${++position}`),
          values,
        )
      ).rows;
    };
    return { store: new SqlStore({ client, ...options }), query, close: () => client.end() };
  },
  'mysql:': async (url, options) => {
    const { createPool } = await import('mysql2/promise');
    const client = createPool(url);
    const query = async (text, values) => (await client.execute(text, values))[0];
    return { store: new SqlStore({ client, ...options }), query, close: () => client.end() };
  },
  'file:': async (url, options) => {
    const { DatabaseSync } = await import('node:sqlite');
    const client = new DatabaseSync(new URL(url).pathname);
    const query = (text, values = []) => whileBusy(() => client.prepare(text).all(...values));
    return { store: new SqlStore({ client, ...options }), query, close: async () => client.close() };
  },
};

export function openStore(url, options) {
  return openers[new URL(url).protocol](url, options);
}

/** A file has one writer at a time, and does not wait for it by itself. */
async function whileBusy(run) {
  for (;;) {
    try {
      return run();
    } catch (error) {
      if (error.errcode !== 5) throw error;
      await sleep(5);
    }
  }
}
