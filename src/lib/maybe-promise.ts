/** A value, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

/** Returns whether a value has a `then`. It may be a Promise of another realm, as test runners make them. */
export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/**
 * Calls `use` with the value: at once, or when its promise resolves. For the hot path only: an `await` always
 * makes a promise, which costs more than half a microsecond on Node 20 within Next's AsyncLocalStorages.
 */
export function mapMaybe<T, R>(value: MaybePromise<T>, use: (value: T) => Promise<R>): Promise<R>;
export function mapMaybe<T, R>(value: MaybePromise<T>, use: (value: T) => MaybePromise<R>): MaybePromise<R>;
export function mapMaybe<T, R>(value: MaybePromise<T>, use: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromiseLike(value) ? value.then(use) : use(value);
}
