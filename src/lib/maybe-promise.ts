/** A value that is there, or will be. */
export type MaybePromise<T> = T | Promise<T>;

/** Returns whether a value can be awaited. By its `then`, not by its class: test runners have Promises of other realms. */
export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/**
 * Calls `use` with the value: at once if it is there, else when it comes. On the hot path only: an `await` always makes
 * a promise, and within Next's AsyncLocalStorages each costs more than half a microsecond on Node 20.
 */
export function mapMaybe<T, R>(value: MaybePromise<T>, use: (value: T) => Promise<R>): Promise<R>;
export function mapMaybe<T, R>(value: MaybePromise<T>, use: (value: T) => MaybePromise<R>): MaybePromise<R>;
export function mapMaybe<T, R>(value: MaybePromise<T>, use: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromiseLike(value) ? value.then(use) : use(value);
}
