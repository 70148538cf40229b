import { isStore, type SessionRecord } from '../../src/store-contract/store.js';
import type { StoreContract, StoreUnderTest, TestRunner } from './contract-types.js';
import { type Data, pick } from './records.js';
import { type TimedCompareAndSwap, type TimedStore, type TimedUserIndex, timed } from './timed-store.js';

/** How long a test waits beyond an expiry, since timers and clocks are not exact to the millisecond. */
export const MARGIN_MS = 40;

/** The store under test, with what a test does with it. Each test has its own. */
export interface Subject {
  readonly store: TimedStore;
  /** Returns the record, or `null` if there is none. */
  read(id: string): Promise<SessionRecord<object> | null>;
  /** Expects the record to hold this data, or to be missing if `data` is `null`. */
  holds(id: string, data: Data | null): Promise<void>;
  /** Lets time pass until the store must have noticed that a record of this lifetime has expired. */
  outlive(lifetimeMs: number): Promise<void>;
  /** Lets exactly this much time pass. */
  pass(ms: number): Promise<void>;
  /** Returns clients of the store, each as of another process, if the store's author has said how. */
  clients(count: number): Promise<TimedStore[]>;
  /** Creates a second store, which must share nothing with the first. */
  another(): Promise<TimedStore>;
}

/** The subject of a test of `atomic`. */
type SwapSubject = Subject & { readonly atomic: TimedCompareAndSwap };

/** The subject of a test of `users`. */
type IndexSubject = Subject & { readonly users: TimedUserIndex };

/** The tools that the tests of the contract are written with. */
export interface StoreSuite {
  readonly describe: TestRunner['describe'];
  readonly expect: TestRunner['expect'];
  readonly contract: StoreContract;
  /** Adds a test, which runs on its own store. */
  test(name: string, body: (subject: Subject) => Promise<void>): void;
  /**
   * Adds a test of `atomic`, unless the contract says `false`. If the contract does not say, a store without
   * `atomic` passes.
   */
  testSwap(name: string, body: (subject: SwapSubject) => Promise<void>): void;
  /**
   * Adds a test of `users`, unless the contract says `false`. If the contract does not say, a store without
   * `users` passes.
   */
  testIndex(name: string, body: (subject: IndexSubject) => Promise<void>): void;
}

/** Returns the tools for tests of one contract, on one test runner. */
export function createSuite({ describe, it, expect }: TestRunner, contract: StoreContract): StoreSuite {
  const { create, expiryPrecision = 0 } = contract;

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
        await body(subjectOf(await make(), async () => timed((await make()).store)));
      } finally {
        for (const one of made) await one.cleanup?.();
      }
    });
  };

  const testSwap: StoreSuite['testSwap'] = (name, body) => {
    if (contract.atomic === false) return;
    test(name, async (subject) => {
      const { atomic } = subject.store;
      if (contract.atomic) expect(Boolean(atomic)).toBe(true);
      if (atomic) await body({ ...subject, atomic });
    });
  };

  const testIndex: StoreSuite['testIndex'] = (name, body) => {
    if (contract.users === false) return;
    test(name, async (subject) => {
      const { users } = subject.store;
      if (contract.users) expect(Boolean(users)).toBe(true);
      if (users) await body({ ...subject, users });
    });
  };

  function subjectOf(underTest: StoreUnderTest, another: () => Promise<TimedStore>): Subject {
    const store = timed(underTest.store);
    const pass = async (ms: number) => {
      if (underTest.advance) await underTest.advance(ms);
      else await new Promise((resolve) => setTimeout(resolve, ms));
    };
    return {
      store,
      read: (id) => store.get(id),
      another,
      clients: async (count) => {
        const others = Array.from(
          { length: count - 1 },
          async () => (await underTest.another?.()) ?? underTest.store,
        );
        return [store, ...(await Promise.all(others)).map(timed)];
      },
      pass,
      outlive: (lifetimeMs) => pass(lifetimeMs + expiryPrecision + MARGIN_MS),
      holds: async (id, data) => {
        expect(pick(await store.get(id), data)).toEqual(data);
      },
    };
  }

  return { describe, expect, contract, test, testSwap, testIndex };
}

function uniqueName(): string {
  return `contract_${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;
}
