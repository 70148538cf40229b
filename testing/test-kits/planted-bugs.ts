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
      return { store, another: () => store.another(), advance: (ms) => store.advance(ms) };
    },
  });
  return tests;
}

/** What the names of the tests of histories begin with. */
export const HISTORIES = 'histories of several clients > ';

/**
 * Runs the suite on a store, but for its histories: whether these find a bug too depends on what happens at once. Returns the names
 * of the tests that failed.
 */
export async function failures(
  create: () => ToyStore,
  contract: Partial<StoreContract> = {},
): Promise<string[]> {
  return failed(testsOf(create, contract).filter(({ name }) => !name.startsWith(HISTORIES)));
}

/** Runs the tests of histories on a store. Returns the names of those that failed. */
export async function failedHistories(create: () => ToyStore): Promise<string[]> {
  const names = await failed(testsOf(create).filter(({ name }) => name.startsWith(HISTORIES)));
  return names.map((name) => name.slice(HISTORIES.length));
}

async function failed(tests: ReturnType<typeof testsOf>): Promise<string[]> {
  const names: string[] = [];
  for (const { name, body } of tests) await body().catch(() => names.push(name));
  return names;
}
