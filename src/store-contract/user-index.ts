import { SessionError } from '../lib/errors.js';
import { isAtomic, type Store, storeName, type UserIndex } from './store.js';

/**
 * The index of a store. One that cannot compare and swap cannot have any: a write that is under way would bring back a
 * session that was revoked.
 *
 * @throws ERR_SESSION_OPTIONS where it keeps none.
 */
export function userIndexOf(store: Store<object>): UserIndex<object> {
  if (store.users && isAtomic(store)) return store.users;
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    `Session option user: the store (${storeName(store)}) cannot tell which sessions are whose, as stores of ` +
      'express-session cannot. Use RedisStore or MemoryStore, give your own store (with load and swap) a `users` ' +
      'index, or leave the option out.',
  );
}
