import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { Store } from 'next-app-session';
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest';

// Which variable says where sessions live. Nothing answers at these addresses.
const REDIS_URL = 'redis://127.0.0.1:9';
const DATABASE_URL = 'postgres://127.0.0.1:9/app';

const folder = mkdtempSync(join(tmpdir(), 'session-db-'));
const SESSION_DB = `file:${join(folder, 'sessions.db')}`;

const shared = globalThis as { sessionRedis?: Promise<Redis>; sessionFile?: { close(): void } };
beforeEach(() => {
  vi.resetModules();
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
afterAll(async () => {
  (await shared.sessionRedis)?.disconnect();
  shared.sessionFile?.close();
  rmSync(folder, { recursive: true });
});

/** Returns what a server with these variables, and no others, makes its store by. */
async function storeWith(variables: Record<string, string>): Promise<() => Promise<Store>> {
  for (const name of ['REDIS_URL', 'DATABASE_URL', 'SESSION_DB']) vi.stubEnv(name, variables[name]);
  return (await import('@/lib/store')).store as () => Promise<Store>;
}

it('without a variable, there is no store, so that sessions live in memory', async () => {
  expect(await storeWith({})).toBeUndefined();
});

it('Redis wins over all others', async () => {
  const makeStore = await storeWith({ REDIS_URL, DATABASE_URL, SESSION_DB });
  expect(await makeStore()).toMatchObject({ name: 'redis' });
});

it('PostgreSQL wins over a file', async () => {
  const makeStore = await storeWith({ DATABASE_URL, SESSION_DB });
  await expect(makeStore()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('a file is opened where Node has SQLite, and where it has not, an error says what to do', async () => {
  const makeStore = await storeWith({ SESSION_DB });
  const hasSqlite = process.getBuiltinModule?.('node:sqlite') !== undefined;
  const made = await makeStore().then(
    async (store) => {
      const record = { data: {}, expires: Date.now() + 60_000 } as never;
      await store.set('an-id', record);
      return (await store.get('an-id')) !== null && 'it keeps sessions';
    },
    (error: Error) => error.message,
  );
  expect(made).toBe(
    hasSqlite ? 'it keeps sessions' : `SESSION_DB needs Node 22.13 or later, and this is ${process.version}.`,
  );
});
