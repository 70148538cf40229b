import { types } from 'node:util';

/** Returns whether a value is a Promise, of any realm. Asking runs no code of the value. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return types.isPromise(value);
}
