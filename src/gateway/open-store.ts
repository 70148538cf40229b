import { PendingCalls } from '../lib/pending-calls.js';
import { RecentKeys } from '../lib/recent-keys.js';
import { type Store, storeName } from '../store-contract/store.js';
import { type CallKinds, callKinds } from '../telemetry/call-kinds.js';
import { CircuitBreaker } from './circuit-breaker.js';

/** An open store, with its circuit breaker and the calls that wait for it. */
export class OpenStore {
  readonly store: Store<object>;
  readonly name: string;
  readonly kinds: CallKinds;
  readonly breaker: CircuitBreaker;
  readonly pending = new PendingCalls();
  /** When a read last tried a write of its own, by the key of the session. */
  readonly tried = new RecentKeys();

  constructor(store: Store<object>, storeTimeoutMs: number) {
    this.store = store;
    this.name = storeName(store);
    this.kinds = callKinds(this.name);
    this.breaker = new CircuitBreaker(store, storeTimeoutMs);
  }
}
