import type { EndReason, StoreOperation } from '../events/session-event.js';
import { SessionError } from '../lib/errors.js';
import type { ResolvedOptions } from '../options/options.js';
import { isStore, type SessionRecord, type Store, storeName } from '../store-contract/store.js';
import type { ObservedStore, StoreReport } from '../telemetry/store-observation.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import { surroundings } from '../test-seam/surroundings.js';
import { CircuitBreaker, PATIENCE_MS } from './circuit-breaker.js';
import { Deadline } from './deadline.js';
import { PendingCalls } from './pending-calls.js';
import { safeCause } from './store-error.js';

/** One call of the store, on behalf of one session. */
export interface StoreCall<T> {
  readonly operation: StoreOperation;
  /** Of the session that it is about, if it is one and its ID is known. */
  readonly id?: string | null;
  /** Why a session is destroyed. */
  readonly reason?: EndReason | undefined;
  /** What the store knows the session by; here to be kept out of errors. */
  readonly key: string;
  readonly deadline: Deadline;
  /** What is written. */
  readonly record?: SessionRecord;
  run(): T | PromiseLike<T>;
  /** Asked only where somebody watches. */
  report(result: T, record: SessionRecord | undefined): StoreReport;
}

/** A store as it was opened, and what watches its calls. */
export interface OpenStore {
  readonly store: Store<object>;
  readonly observed: ObservedStore;
  readonly breaker: CircuitBreaker;
  readonly pending: PendingCalls;
}

/**
 * The one way to the store: every call is seen, has a deadline, fails as a SessionError, and does not wait for a store
 * that hangs.
 */
export class StoreCalls {
  readonly telemetry: Telemetry;
  readonly #name: string;
  readonly #storeTimeoutMs: number;
  readonly #open: () => Store<object> | Promise<Store<object>>;
  #opening: Promise<OpenStore> | undefined;
  #openingSince = 0;
  #opened: OpenStore | undefined;

  constructor(
    { name, storeTimeoutMs }: ResolvedOptions,
    open: () => Store<object> | Promise<Store<object>>,
    telemetry: Telemetry,
  ) {
    this.#name = name;
    this.#storeTimeoutMs = storeTimeoutMs;
    this.#open = open;
    this.telemetry = telemetry;
  }

  /** The store, made at first use; a factory that failed is asked again next time. */
  open(deadline: Deadline): OpenStore | Promise<OpenStore> {
    const standIn = surroundings()?.store?.(this.#name);
    if (standIn) return this.#observe(standIn);
    return this.#opened ?? this.#opens(deadline);
  }

  async openStore(): Promise<Store<object>> {
    return (await this.open(new Deadline(this.#storeTimeoutMs))).store;
  }

  async #opens(deadline: Deadline): Promise<OpenStore> {
    this.#opening ??= this.#startOpening();
    // Whoever comes when it has taken too long for others does not wait for it as long again.
    const isOverdue = performance.now() - this.#openingSince >= this.#storeTimeoutMs;
    this.#opened = await (isOverdue ? new Deadline(PATIENCE_MS) : deadline).limit(this.#opening, openTimeout);
    return this.#opened;
  }

  call<T>(open: OpenStore, call: StoreCall<T>): Promise<T> {
    const observation = open.observed.observe(call);
    if (!observation) return guarded(open, call);
    return observation
      .run(() => guarded(open, call))
      .then(
        (result) => {
          observation.succeeded(call.report(result, call.record));
          return result;
        },
        (error) => {
          observation.failed(error);
          throw error;
        },
      );
  }

  #observe(store: Store<object>): OpenStore {
    return {
      store,
      observed: this.telemetry.observeStore(storeName(store)),
      breaker: new CircuitBreaker(store, this.#storeTimeoutMs),
      pending: new PendingCalls(),
    };
  }

  #startOpening(): Promise<OpenStore> {
    this.#openingSince = performance.now();
    return this.#make().finally(() => {
      this.#opening = undefined;
    });
  }

  async #make(): Promise<OpenStore> {
    let store: Store<object>;
    try {
      store = await this.#open();
    } catch (error) {
      throw new SessionError('ERR_SESSION_STORE', 'The store option is a function, and it threw.', {
        cause: safeCause(error),
      });
    }
    if (typeof store === 'object' && store !== null && isStore(store)) return this.#observe(store);
    throw new SessionError(
      'ERR_SESSION_OPTIONS',
      'Session option store: the function has to return a store, an object with get, set and destroy.',
    );
  }
}

/** Runs a call by its deadline; not at all while the store hangs. */
function guarded<T>(open: OpenStore, call: StoreCall<T>): Promise<T> {
  return open.breaker.isOpen ? afterRecovery(open, call) : limited(open, call);
}

async function afterRecovery<T>(open: OpenStore, call: StoreCall<T>): Promise<T> {
  const { breaker, observed } = open;
  if (await breaker.recovers(call.key)) return limited(open, call);
  throw notSent(call.operation, observed.name, breaker.failure);
}

function limited<T>({ observed, breaker, pending }: OpenStore, call: StoreCall<T>): Promise<T> {
  const { name } = observed;
  const { operation, key, deadline } = call;
  const sentAt = performance.now();
  return new Promise((resolve, reject) => {
    const waiting = {
      deadline,
      giveUp: () => {
        breaker.timedOut(sentAt);
        reject(timedOut(operation, name));
      },
    };
    pending.add(waiting);
    begin(call).then(
      (result) => {
        pending.delete(waiting);
        breaker.answered();
        resolve(result);
      },
      (error) => {
        pending.delete(waiting);
        reject(SessionError.is(error) ? error : failed(operation, name, safeCause(error, key)));
      },
    );
  });
}

/** A store may throw instead of rejecting, and return what is no promise. */
function begin<T>({ run }: StoreCall<T>): Promise<T> {
  try {
    return Promise.resolve(run());
  } catch (error) {
    return Promise.reject(error);
  }
}

function failed(operation: StoreOperation, store: string, cause: Error): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE',
    `The session store (${store}) failed at ${operation}; error.cause says why. Check that it is reachable, and ` +
      'what it logged.',
    { cause },
  );
}

function openTimeout(): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE_TIMEOUT',
    'The function of the store option did not return a store within storeTimeout. Nothing was read or written.',
  );
}

function notSent(operation: StoreOperation, store: string, cause: Error | undefined): SessionError {
  return new SessionError(
    'ERR_SESSION_STORE_TIMEOUT',
    `The session store (${store}) has stopped answering, so ${operation} was not sent: nothing was read or written. ` +
      'Calls go through again as soon as it answers. Check that it is reachable.',
    cause && { cause },
  );
}

/** What a timed-out call leaves behind depends on whether it would have changed anything. */
function timedOut(operation: StoreOperation, store: string): SessionError {
  const outcome =
    operation === 'get' || operation === 'list'
      ? ''
      : ' Whether it still took effect is unknown: read the session again before you rely on either.';
  return new SessionError(
    'ERR_SESSION_STORE_TIMEOUT',
    `The session store (${store}) did not answer ${operation} within storeTimeout.${outcome} Check that it ` +
      'is reachable.',
  );
}
