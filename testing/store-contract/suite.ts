import {
  type AtomicStore,
  isAtomic,
  isStore,
  type SessionRecord,
  type Store,
  type UserIndex,
} from '../../src/store-contract/store.js';
import { type Data, pick } from './records.js';
import type { StoreContract, StoreUnderTest, TestRunner } from './store-contract.js';

/** How long after its expiry a record is looked for: timers and clocks are not exact to the millisecond. */
const MARGIN_MS = 40;

/** One store, in one test. */
export interface Subject<S extends Store<object> = Store<object>> {
  readonly store: S;
  /** The record, `null` when there is none. */
  read(id: string): Promise<SessionRecord<object> | null>;
  /** Fails unless the record holds this data; `null` for no record. */
  holds(id: string, data: Data | null): Promise<void>;
  /** Lets time pass until a record of this lifetime has expired, as far as the store can tell. */
  outlive(lifetimeMs: number): Promise<void>;
  /** A second store, which has nothing to do with the first. */
  another(): Promise<Store<object>>;
}

/** What the tests of the contract are written with. */
export interface StoreSuite {
  readonly describe: TestRunner['describe'];
  readonly expect: TestRunner['expect'];
  readonly contract: StoreContract;
  /** A test, on a store of its own. */
  test(name: string, body: (subject: Subject) => Promise<void>): void;
  /** A test of `load` and `swap`. On a store that is not said to have them, and has not, it passes. */
  testSwap(name: string, body: (subject: Subject<AtomicStore<object>>) => Promise<void>): void;
  /** A test of `users`. On a store that is not said to have it, and has not, it passes. */
  testIndex(name: string, body: (subject: Subject & { users: UserIndex<object> }) => Promise<void>): void;
}

export function createSuite({ describe, it, expect }: TestRunner, contract: StoreContract): StoreSuite {
  const { create, atomic = false, users = false, expiryPrecision = 0 } = contract;

  const test: StoreSuite['test'] = (name, body) => {
    it(name, async () => {
      const made: StoreUnderTest[] = [];
      const make = async () => {
        const one = await create({ name: uniqueName() });
        const underTest = isStore(one) ? { store: one } : one;
        made.push(underTest);
        return underTest;
      };
      try {
        await body(subjectOf(await make(), async () => (await make()).store));
      } finally {
        for (const one of made) await one.cleanup?.();
      }
    });
  };

  const testSwap: StoreSuite['testSwap'] = (name, body) => {
    test(name, async (subject) => {
      const { store } = subject;
      const found = ['load', 'swap'].filter((method) => typeof Reflect.get(store, method) === 'function');
      if (atomic || found.length > 0) expect(found).toEqual(['load', 'swap']);
      if (isAtomic(store)) await body({ ...subject, store });
    });
  };

  const testIndex: StoreSuite['testIndex'] = (name, body) => {
    test(name, async (subject) => {
      const index = subject.store.users;
      if (users || index) expect(typeof index).toBe('object');
      if (index) await body({ ...subject, users: index });
    });
  };

  function subjectOf(underTest: StoreUnderTest, another: () => Promise<Store<object>>): Subject {
    const { store } = underTest;
    const read = async (id: string) => (await store.get(id)) ?? null;
    return {
      store,
      read,
      another,
      holds: async (id, data) => {
        expect(pick(await read(id), data)).toEqual(data);
      },
      outlive: async (lifetimeMs) => {
        const ms = lifetimeMs + expiryPrecision + MARGIN_MS;
        if (underTest.advance) await underTest.advance(ms);
        else await new Promise((resolve) => setTimeout(resolve, ms));
      },
    };
  }

  return { describe, expect, contract, test, testSwap, testIndex };
}

function uniqueName(): string {
  return `contract_${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;
}
