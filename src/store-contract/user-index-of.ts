import { SessionError } from '../lib/errors.js';
import { type Store, storeName, type UserIndex } from './store.js';

/**
 * Returns the user index of a store. It does not count if the store cannot compare and swap: a write that is
 * under way would bring back a session that was revoked.
 *
 * @throws ERR_SESSION_OPTIONS for a store without a user index.
 */
export function userIndexOf(store: Store<object>): UserIndex<object> {
  if (store.users && store.atomic) return store.users;
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    `Session option user: the store (${storeName(store)}) cannot tell which sessions are whose. Use RedisStore, ` +
      'SqlStore or MemoryStore, give your own store `atomic` and `users`, or leave the option out.',
  );
}
