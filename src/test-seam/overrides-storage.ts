import { AsyncLocalStorage } from 'node:async_hooks';
import { OVERRIDES, type TestOverrides } from './test-overrides.js';

interface Registry {
  [OVERRIDES]?: AsyncLocalStorage<TestOverrides>;
}

/** Returns the storage in which all copies of this library in the process look for test overrides. */
export function overridesStorage(): AsyncLocalStorage<TestOverrides> {
  const registry = globalThis as Registry;
  registry[OVERRIDES] ??= new AsyncLocalStorage();
  return registry[OVERRIDES];
}
