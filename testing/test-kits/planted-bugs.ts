import { expect } from 'vitest';
import { type StoreContract, testStore } from '../index.js';
import type { ToyStore } from './toy-store.js';

/** Faulty stores by the name of their bug, with the tests that must fail. No other test may fail. */
export type PlantedBugs = Record<string, [create: () => ToyStore, found: string[]]>;

/** Returns the tests that the suite has for a store, without running them. */
export function testsOf(create: () => ToyStore, contract: Partial<StoreContract> = {}) {
  const path: string[] = [];
  const tests: { name: string; body: () => Promise<void> }[] = [];
  const runner = {
    describe: (name: string, body: () => void) => {
      path.push(name);
      body();
      path.pop();
    },
    it: (name: string, body: () => Promise<void>) => {
      tests.push({ name: [...path.slice(1), name].join(' > '), body });
    },
    expect,
  };
  testStore(runner, {
    ...contract,
    create: () => {
      const store = create();
      return { store, advance: (ms) => store.advance(ms) };
    },
  });
  return tests;
}

/** Runs the suite on a store. Returns the names of the tests that failed. */
export async function failures(
  create: () => ToyStore,
  contract: Partial<StoreContract> = {},
): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, body } of testsOf(create, contract)) await body().catch(() => failed.push(name));
  return failed;
}
