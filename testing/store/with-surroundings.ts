import { AsyncLocalStorage } from 'node:async_hooks';
import { SURROUNDINGS, type Surroundings, surroundings } from '../../src/test-seam/surroundings.js';

interface Registry {
  [SURROUNDINGS]?: AsyncLocalStorage<Surroundings>;
}

/** What all copies of this library in the process look into. */
export function surroundingsStorage(): AsyncLocalStorage<Surroundings> {
  const registry = globalThis as Registry;
  registry[SURROUNDINGS] ??= new AsyncLocalStorage();
  return registry[SURROUNDINGS];
}

/** Runs code with these surroundings, on top of those that it is in already. */
export function withSurroundings<T>(own: Surroundings, code: () => T): T {
  return surroundingsStorage().run({ ...surroundings(), ...own }, code);
}
