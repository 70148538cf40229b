import { hasMethod } from '../lib/has-method.js';
import { isPromiseLike } from '../lib/maybe-promise.js';
import { isStore } from './store.js';

/** Returns what to do with a value that is given as the store of a session, and cannot be it; null for one that can. */
export function storeFix(value: unknown): string | null {
  return (
    noStoreFix(value) ??
    // It answers by callbacks, and one that has promises too keeps records of another form.
    (hasMethod(value, 'createSession')
      ? 'it is a store of express-session. Wrap it: promisifyStore(store)'
      : null)
  );
}

/** Returns what to do with a value that is no store of any kind; null for a store, of express-session too. */
export function noStoreFix(value: unknown): string | null {
  if (isClass(value)) return 'it is a class. Make an instance of it, with new';
  if (typeof value !== 'object' || value === null) return NO_STORE;
  if (isPromiseLike(value))
    return 'it is a promise. Await it, or give nextAppSession a function that makes one';
  // Some have get, set and destroy too.
  if (hasMethod(value, 'pipeline') || hasMethod(value, 'sendCommand')) return REDIS_CLIENT;
  if (isStore(value)) return null;
  return hasMethod(value, 'query') || hasMethod(value, 'prepare') ? DATABASE_CLIENT : NO_STORE;
}

const NO_STORE =
  'give a store, such as new RedisStore({ client }), which has get, set and destroy, or a function that makes one';
const REDIS_CLIENT = 'it is a client of Redis. Give new RedisStore({ client }) of next-app-session/redis';
const DATABASE_CLIENT = 'it is a client of a database. Give new SqlStore({ client }) of next-app-session/sql';

/** Returns whether a value has to be called with new. */
export function isClass(value: unknown): boolean {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}
