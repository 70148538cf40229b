import type { Deadline } from './deadline.js';
import { SessionError } from './errors.js';
import { isStore, type Store } from './store.js';
import { safeCause } from './store-error.js';

export type StoreOperation = 'get' | 'set' | 'destroy' | 'touch';

/** The one way to the store: every call has a deadline and fails as a SessionError. */
export class StoreCalls {
  readonly #open: () => Store<object> | Promise<Store<object>>;
  #opening: Promise<Store<object>> | undefined;
  #store: Store<object> | undefined;

  constructor(open: () => Store<object> | Promise<Store<object>>) {
    this.#open = open;
  }

  /** The store, made at first use; a factory that failed is asked again next time. */
  async store(deadline: Deadline): Promise<Store<object>> {
    if (this.#store) return this.#store;
    this.#opening ??= this.#make().finally(() => {
      this.#opening = undefined;
    });
    this.#store = await deadline.limit(this.#opening, openTimeout);
    return this.#store;
  }

  /** Runs one store call. `key` is only used to keep it out of errors. */
  async call<S extends Store<object>, T>(
    operation: StoreOperation,
    store: S,
    key: string,
    deadline: Deadline,
    run: (store: S) => T | PromiseLike<T>,
  ): Promise<T> {
    try {
      return await deadline.limit(
        // A store may throw instead of rejecting.
        new Promise<T>((resolve) => resolve(run(store))),
        () => timedOut(operation, store),
      );
    } catch (error) {
      if (SessionError.is(error)) throw error;
      throw new SessionError(
        'ERR_SESSION_STORE',
        `The session store (${label(store)}) failed at ${operation}; error.cause says why. Check that it is ` +
          'reachable, and what it logged.',
        { cause: safeCause(error, key) },
      );
    }
  }

  async #make(): Promise<Store<object>> {
    let store: Store<object>;
    try {
      store = await this.#open();
    } catch (error) {
      throw new SessionError('ERR_SESSION_STORE', 'The store option is a function, and it threw.', {
        cause: safeCause(error),
      });
    }
    if (typeof store === 'object' && store !== null && isStore(store)) return store;
    throw new SessionError(
      'ERR_SESSION_OPTIONS',
      'Session option store: the function has to return a store, an object with get, set and destroy.',
    );
  }
}

function openTimeout(): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE_TIMEOUT',
    'The function of the store option did not return a store within storeTimeout. Nothing was read or written.',
  );
}

/** What a timed-out call leaves behind depends on whether it would have changed anything. */
function timedOut(operation: StoreOperation, store: Store<object>): SessionError {
  const outcome =
    operation === 'get'
      ? ''
      : ' Whether it still took effect is unknown: read the session again before you rely on either.';
  return new SessionError(
    'ERR_SESSION_STORE_TIMEOUT',
    `The session store (${label(store)}) did not answer ${operation} within storeTimeout.${outcome} Check that it ` +
      'is reachable.',
  );
}

function label(store: Store<object>): string {
  return store.constructor?.name || 'store';
}
