import session from 'express-session';
import { describe, expect, it, vi } from 'vitest';
import type { Store } from '../../src/store-contract/store.js';
import { promisifyStore } from '../../src/stores/express/promisify-store.js';
import { MemoryStore } from '../../src/stores/memory/memory-store.js';
import { testStore } from '../index.js';

/** A store of this process, whose clock the suite can move. */
function withClock(store: Store<object>) {
  vi.useFakeTimers({ toFake: ['Date'] });
  return {
    store,
    advance: (ms: number) => vi.setSystemTime(Date.now() + ms),
    cleanup: () => vi.useRealTimers(),
  };
}

describe('MemoryStore', () => {
  testStore(
    { describe, it, expect },
    { create: () => withClock(new MemoryStore()), atomic: true, users: true },
  );
});

describe.each(['record', 'store'] as const)('the MemoryStore of express-session, expiry: %s', (expiry) => {
  const create = () => withClock(promisifyStore(new session.MemoryStore(), { expiry }));
  testStore({ describe, it, expect }, { create, atomic: false, users: false });
});

describe('a store of three methods that leaves expiry to the session', () => {
  testStore(
    { describe, it, expect },
    {
      expires: false,
      create: () => {
        const records = new Map<string, string>();
        return {
          get: (id) => JSON.parse(records.get(id) ?? 'null'),
          set: (id, record) => {
            const expires = record.cookie?.expires;
            if (expires && new Date(expires).getTime() <= Date.now()) records.delete(id);
            else records.set(id, JSON.stringify(record));
          },
          destroy: (id) => records.delete(id),
        };
      },
    },
  );
});
