import session from 'express-session';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore, promisifyStore, type Store } from '../../src/index.js';
import { testStore } from '../../testing/index.js';
import { PlainStore } from '../test-kits/watched-app.js';
import { type StoreWatch, WatchedStore } from './watched-store.js';

const idle: StoreWatch = {
  isClockSet: false,
  intercept: (_operation, _key, call) => call(),
  wrote: () => {},
};

// A store within that of the studio fulfils what it fulfils alone.
describe.each<[string, () => Store<object>, object]>([
  ['MemoryStore', () => new MemoryStore(), { atomic: true, users: true }],
  [
    'the MemoryStore of express-session',
    () => promisifyStore(new session.MemoryStore()),
    { atomic: false, users: false },
  ],
  [
    'the MemoryStore of express-session, which ends sessions itself',
    () => promisifyStore(new session.MemoryStore(), { expiry: 'store' }),
    { atomic: false, users: false },
  ],
])('the store around %s', (_, make, has) => {
  testStore(
    { describe, it, expect },
    {
      create: () => {
        vi.useFakeTimers({ toFake: ['Date'] });
        return {
          store: new WatchedStore(make(), idle),
          advance: (ms: number) => vi.setSystemTime(Date.now() + ms),
          cleanup: () => vi.useRealTimers(),
        };
      },
      ...has,
    },
  );
});

describe('the store around another', () => {
  const record = { n: 1, cookie: { expires: new Date(2_000_000_000_000), originalMaxAge: null } } as never;
  const told: unknown[] = [];
  const watch: StoreWatch = {
    isClockSet: false,
    intercept: (operation, key, call) => {
      told.push([operation, key]);
      return call();
    },
    wrote: (key, text) => told.push(['wrote', key, JSON.parse(text).n]),
  };
  beforeEach(() => void told.splice(0));
  afterEach(() => void vi.useRealTimers());

  it('has the capabilities of that, and no other', () => {
    const plain = new WatchedStore(new PlainStore(), watch);
    expect([plain.touch, plain.atomic, plain.users]).toEqual([undefined, undefined, undefined]);
    expect(plain).toMatchObject({ name: 'PlainStore', hashIds: false, expiry: 'record' });
    const memory = new WatchedStore(new MemoryStore(), watch);
    expect(memory).toMatchObject({ name: 'memory', hashIds: new MemoryStore().hashIds });
    expect([typeof memory.atomic, typeof memory.users]).toEqual(['object', 'object']);
  });

  it('tells of each call, and of what was written', async () => {
    const store = new WatchedStore(new PlainStore(), watch);
    await store.set('key', record);
    await store.get('key');
    await store.destroy('key');
    expect(told).toEqual([
      ['set', 'key'],
      ['wrote', 'key', 1],
      ['get', 'key'],
      ['destroy', 'key'],
    ]);
  });

  it('tells of a swap as a write or a deletion, and of no write where it met a conflict', async () => {
    const { atomic } = new WatchedStore(new MemoryStore(), watch);
    const now = { now: 1_900_000_000_000, clock: 'system' } as const;
    const version = (await atomic?.swap('key', null, record, now)) ?? '';
    await atomic?.swap('key', 'another', record, now);
    await atomic?.swap('key', version, record, { ...now, now: 2_100_000_000_000 });
    expect(told).toEqual([
      ['set', 'key'],
      ['wrote', 'key', 1],
      ['set', 'key'],
      ['destroy', 'key'],
    ]);
  });

  it('ends sessions by their records while the clock is put forward', () => {
    const store = promisifyStore(new session.MemoryStore(), { expiry: 'store' });
    expect(new WatchedStore(store, watch).expiry).toBe('store');
    expect(new WatchedStore(store, { ...watch, isClockSet: true }).expiry).toBe('record');
  });

  it('tells of no write that failed', async () => {
    const failing = new PlainStore();
    failing.set = async () => {
      throw new Error('full');
    };
    await expect(new WatchedStore(failing, watch).set('key', record)).rejects.toThrow('full');
    expect(told).toEqual([['set', 'key']]);
  });
});
