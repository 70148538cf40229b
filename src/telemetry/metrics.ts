import type { LifeEvent } from '../events/session-event.js';

/** The definition of a metric. One with buckets is a histogram; one that counts an event is a counter. */
export type Metric = {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
} & (
  | { /** Upper bounds, in the metric's unit. */ readonly buckets: readonly number[] }
  | { readonly counts: LifeEvent['type'] }
);

/** All metrics. A new one needs a row here and, unless it counts an event, a place that measures it. */
export const METRICS = {
  duration: {
    name: 'next_app_session.store.operation.duration',
    unit: 's',
    description: 'Duration of store calls.',
    // A store on the same machine answers in 0.1 ms. A call may wait until storeTimeout.
    buckets: [
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ],
  },
  payloadSize: {
    name: 'next_app_session.payload.size',
    unit: 'By',
    description: 'Size of session records read and written.',
    buckets: [128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 262_144, 1_048_576],
  },
  refreshDuration: {
    name: 'next_app_session.refresh.duration',
    unit: 's',
    description: 'Duration of refreshes of values that were not fresh, by how they ended.',
    // A token endpoint answers in 50 ms to a second. A caller may wait until the timeout of the refresh.
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  created: {
    name: 'next_app_session.session.created',
    unit: '{session}',
    description: 'Sessions created.',
    counts: 'created',
  },
  regenerated: {
    name: 'next_app_session.session.regenerated',
    unit: '{session}',
    description: 'Sessions that got a new ID.',
    counts: 'regenerated',
  },
  destroyed: {
    name: 'next_app_session.session.destroyed',
    unit: '{session}',
    description: 'Sessions that ended, except those that the store expired.',
    counts: 'destroyed',
  },
  cookieRejected: {
    name: 'next_app_session.cookie.rejected',
    unit: '{cookie}',
    description: 'Forged or malformed cookies.',
    counts: 'cookie_rejected',
  },
  recordRejected: {
    name: 'next_app_session.record.rejected',
    unit: '{record}',
    description: 'Stored records that are no session of the app.',
    counts: 'record_rejected',
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

/** The counter of each event that has one. Other events show as outcomes of store calls. */
export const COUNTERS: Partial<Record<LifeEvent['type'], MetricName>> = Object.fromEntries(
  Object.entries(METRICS).flatMap(([name, metric]) => ('counts' in metric ? [[metric.counts, name]] : [])),
);
