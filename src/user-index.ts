import { SessionError } from './errors.js';
import { type Store, storeName, type UserIndex } from './store.js';

/**
 * The index of a store.
 *
 * @throws ERR_SESSION_OPTIONS where it keeps none.
 */
export function userIndexOf(store: Store<object>): UserIndex<object> {
  if (store.users) return store.users;
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    `Session option user: the store (${storeName(store)}) cannot tell which sessions are whose, as stores of ` +
      'express-session cannot. Use RedisStore or MemoryStore, give your own store a `users` index, or leave the option out.',
  );
}
