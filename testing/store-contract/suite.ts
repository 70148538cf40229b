import { isStore, type SessionRecord } from '../../src/store-contract/store.js';
import type { StoreContract, StoreUnderTest, TestRunner } from './contract-types.js';
import { type Data, pick } from './records.js';
import { type TimedCompareAndSwap, type TimedStore, type TimedUserIndex, timed } from './timed-store.js';

/** How long after its expiry a record is looked for: timers and clocks are not exact to the millisecond. */
const MARGIN_MS = 40;

/** One store, in one test. */
export interface Subject {
  readonly store: TimedStore;
  /** Returns the record, `null` when there is none. */
  read(id: string): Promise<SessionRecord<object> | null>;
  /** Fails unless the record holds this data; `null` for no record. */
  holds(id: string, data: Data | null): Promise<void>;
  /** Lets time pass until a record of this lifetime has expired, as far as the store can tell. */
  outlive(lifetimeMs: number): Promise<void>;
  /** Lets this much time pass, and no more. */
  pass(ms: number): Promise<void>;
  /** Makes a second store, which has nothing to do with the first. */
  another(): Promise<TimedStore>;
}

/** A store that can compare and swap, in one test. */
export type SwapSubject = Subject & { readonly atomic: TimedCompareAndSwap };

/** A store that knows which sessions are whose, in one test. */
export type IndexSubject = Subject & { readonly users: TimedUserIndex };

/** What the tests of the contract are written with. */
export interface StoreSuite {
  readonly describe: TestRunner['describe'];
  readonly expect: TestRunner['expect'];
  readonly contract: StoreContract;
  /** Adds a test, on a store of its own. */
  test(name: string, body: (subject: Subject) => Promise<void>): void;
  /** Adds a test of `atomic`, unless the contract leaves it out. Where it does not say, a store without passes. */
  testSwap(name: string, body: (subject: SwapSubject) => Promise<void>): void;
  /** Adds a test of `users`, unless the contract leaves it out. Where it does not say, a store without passes. */
  testIndex(name: string, body: (subject: IndexSubject) => Promise<void>): void;
}

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
