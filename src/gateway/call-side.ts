import type { StoreOperation } from '../events/session-event.js';

/** What a call asks of the store. One that holds writes back, or refuses them, may still answer reads. */
export type CallSide = 'reads' | 'writes';

/** Returns whether an operation reads or writes. */
export function sideOf(operation: StoreOperation): CallSide {
  return operation === 'get' || operation === 'list' ? 'reads' : 'writes';
}
