/** Whether there is something to await. Not by `instanceof`: test runners have realms, and so other Promises. */
export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/**
 * Goes on with a value: at once if it is there, later if it is promised. An `await` would make a promise either way, and
 * within Next's AsyncLocalStorages each costs more than half a microsecond on Node 20.
 */
export function goOn<T, R>(value: T | Promise<T>, use: (value: T) => Promise<R>): Promise<R>;
export function goOn<T, R>(value: T | Promise<T>, use: (value: T) => R | Promise<R>): R | Promise<R>;
export function goOn<T, R>(value: T | Promise<T>, use: (value: T) => R | Promise<R>): R | Promise<R> {
  return isPromiseLike(value) ? value.then(use) : use(value);
}
