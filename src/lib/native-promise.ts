import { types } from 'node:util';

/** Returns whether a value is a Promise, of any realm. Asking runs no code of the value. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return types.isPromise(value);
}

/**
 * Hears the failure of a promise where none is wanted: one that nobody hears ends the process. A query builder stays as it is: to
 * listen would run the query.
 */
export function hearFailure(value: unknown): void {
  if (isPromise(value)) value.catch(() => {});
}
