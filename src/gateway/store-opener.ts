import { Deadline } from '../lib/deadline.js';
import { SessionError } from '../lib/errors.js';
import type { MaybePromise } from '../lib/maybe-promise.js';
import { ownMessage, safeCause } from '../lib/safe-cause.js';
import type { Store } from '../store-contract/store.js';
import { storeFix } from '../store-contract/store-fix.js';
import { PROBE_WAIT_MS } from './circuit.js';
import { OpenStore } from './open-store.js';

type MakeStore = () => MaybePromise<Store<object>>;

/** Opens the app's store once, at first use. If that fails, the next use tries again. */
export class StoreOpener {
  readonly #make: MakeStore;
  readonly #meet: (store: Store<object>) => void;
  readonly #storeTimeoutMs: number;
  #state: State = { is: 'closed' };

  /** @param meet gets the store once. Throws ERR_SESSION_OPTIONS if the other options exclude it. */
  constructor(make: MakeStore, meet: (store: Store<object>) => void, storeTimeoutMs: number) {
    this.#make = make;
    this.#meet = meet;
    this.#storeTimeoutMs = storeTimeoutMs;
  }

  open(deadline: Deadline): MaybePromise<OpenStore> {
    const state = this.#state.is === 'closed' ? this.#start() : this.#state;
    if (state.is === 'open') return state.store;
    // Opening has already cost one request its whole timeout, so later requests wait only a moment.
    const isOverdue = performance.now() - state.since >= this.#storeTimeoutMs;
    return (isOverdue ? new Deadline(PROBE_WAIT_MS) : deadline).limit(state.store, openTimeout);
  }

  #start(): Opening {
    const since = performance.now();
    const opening: Opening = { is: 'opening', store: this.#makeOpenStore(), since };
    this.#state = opening;
    opening.store.then(
      (store) => {
        this.#state = { is: 'open', store };
      },
      () => {
        this.#state = { is: 'closed' };
      },
    );
    return opening;
  }

  async #makeOpenStore(): Promise<OpenStore> {
    const store = await this.#makeStore();
    const fix = storeFix(store);
    if (fix === null) {
      this.#meet(store);
      return new OpenStore(store, this.#storeTimeoutMs);
    }
    throw new SessionError(
      'ERR_SESSION_OPTIONS',
      `Session option store: the function returned no store: ${fix}.`,
    );
  }

  async #makeStore(): Promise<Store<object>> {
    try {
      return await this.#make();
    } catch (error) {
      throw new SessionError('ERR_SESSION_STORE', `The store option threw: ${ownMessage(error)}`, {
        cause: safeCause(error),
      });
    }
  }
}

interface Opening {
  readonly is: 'opening';
  readonly store: Promise<OpenStore>;
  readonly since: number;
}

type State = { readonly is: 'closed' } | Opening | { readonly is: 'open'; readonly store: OpenStore };

function openTimeout(): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE_TIMEOUT',
    'The store option did not return a store within storeTimeout. Nothing was read or written.',
  );
}
