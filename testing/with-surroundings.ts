import { AsyncLocalStorage } from 'node:async_hooks';
import { SURROUNDINGS, type Surroundings, surroundings } from '../src/surroundings.js';

interface Registry {
  [SURROUNDINGS]?: AsyncLocalStorage<Surroundings>;
}

/** Runs code with these surroundings, on top of those that it is in already. */
export function withSurroundings<T>(own: Surroundings, code: () => T): T {
  const registry = globalThis as Registry;
  registry[SURROUNDINGS] ??= new AsyncLocalStorage();
  return registry[SURROUNDINGS].run({ ...surroundings(), ...own }, code);
}
