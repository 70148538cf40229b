import { STORE_OPERATIONS, type StoreOperation } from '../events/session-event.js';
import { ATTRIBUTE, spanName } from './names.js';
import type { CallKind } from './telemetry-sink.js';

/** The kind of a refresh. */
export const REFRESH: CallKind = {
  event: { type: 'refresh' },
  spanName: 'next_app_session.refresh',
  outcomeName: ATTRIBUTE.refreshOutcome,
  duration: 'refreshDuration',
  labels: {},
};

export type CallKinds = Readonly<Record<StoreOperation, CallKind>>;

/** Returns the call kind of each operation of a store. */
export function callKinds(store: string): CallKinds {
  const kinds = {} as Record<StoreOperation, CallKind>;
  for (const operation of STORE_OPERATIONS) {
    const labels = { [ATTRIBUTE.operation]: operation, [ATTRIBUTE.storeName]: store };
    kinds[operation] = {
      event: { type: 'store_call', operation, store },
      spanName: spanName(operation),
      outcomeName: ATTRIBUTE.outcome,
      duration: 'duration',
      labels,
    };
  }
  return kinds;
}
