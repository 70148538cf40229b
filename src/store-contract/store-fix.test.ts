import expressSession from 'express-session';
import { Redis } from 'ioredis';
import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, describe, expect, it } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { promisifyStore } from '../stores/express/promisify-store.js';
import { MemoryStore } from '../stores/memory/memory-store.js';
import { RedisStore } from '../stores/redis/redis-store.js';
import { Browser } from '../test-kits/browser.js';

const ioredis = new Redis({ lazyConnect: true });
afterAll(() => ioredis.disconnect());

/** What was taken for a store, and then answered nothing, or was refused without a reason. */
const NO_STORES: readonly [what: string, value: unknown, fix: string][] = [
  ['a client of ioredis', ioredis, 'it is a client of Redis. Give new RedisStore({ client })'],
  ['a client of node-redis', createClient(), 'it is a client of Redis. Give new RedisStore({ client })'],
  [
    'a pool of pg',
    new pg.Pool(),
    'it is a client of a database. Give new SqlStore({ client }) of next-app-session/sql',
  ],
  [
    'a database of SQLite',
    { exec: () => {}, prepare: () => {} },
    'it is a client of a database. Give new SqlStore({ client }) of next-app-session/sql',
  ],
  ['a class', RedisStore, 'it is a class. Make an instance of it, with new'],
  ['a promise', Promise.resolve(new MemoryStore()), 'it is a promise. Await it'],
  ['an object without the methods', { get: () => null }, 'give a store, such as new RedisStore({ client })'],
];

describe.each(NO_STORES)('%s is no store', (_, value, fix) => {
  it('as the store option', () => {
    expect(() => nextAppSession({ store: value as never })).toThrow(
      expect.objectContaining({
        code: 'ERR_SESSION_OPTIONS',
        message: expect.stringContaining(`option store: ${fix}`),
      }),
    );
  });

  it('as what is wrapped', () => {
    expect(() => promisifyStore(value as never)).toThrow(`promisifyStore: ${fix}`);
  });
});

it.each(NO_STORES.filter(([, value]) => !(value instanceof Promise)))(
  '%s is no store, as what the store option returns',
  async (what, value, fix) => {
    const session = nextAppSession({ name: what.replaceAll(' ', '-'), store: () => value as never });
    await new Browser(session).visit(async (own) => {
      await expect(own().set('n', 1)).rejects.toMatchObject({
        code: 'ERR_SESSION_OPTIONS',
        message: expect.stringContaining(`returned no store: ${fix}`),
      });
    });
  },
);

it('a store of express-session has to be wrapped', () => {
  const store = new expressSession.MemoryStore();
  expect(() => nextAppSession({ store: store as never })).toThrow(/Wrap it: promisifyStore\(store\)/);
  expect(() => nextAppSession({ store: promisifyStore(store) })).not.toThrow();
});

it('a store of this library needs no wrapping', () => {
  expect(() => promisifyStore(new MemoryStore() as never)).toThrow(/needs no wrapping/);
});
