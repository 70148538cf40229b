import type { LifeEvent } from '../events/session-event.js';

/** A metric: all that OpenTelemetry is told of it. */
export type Metric = {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
} & (
  | { readonly kind: 'histogram' /** Upper bounds, in its unit. */; readonly buckets: readonly number[] }
  | { readonly kind: 'counter' /** The event that it counts. */; readonly counts: LifeEvent['type'] }
);

/** Every metric. A row here is all that a new one needs, beside the place that measures it if no event does. */
export const METRICS = {
  duration: {
    name: 'next_app_session.store.operation.duration',
    kind: 'histogram',
    unit: 's',
    description: 'How long the session store took to answer.',
    // A store on this machine answers in 0.1 ms, and one that hangs ends at storeTimeout.
    buckets: [
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ],
  },
  payloadSize: {
    name: 'next_app_session.payload.size',
    kind: 'histogram',
    unit: 'By',
    description: 'The size of session records as they are read and written.',
    buckets: [128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 262_144, 1_048_576],
  },
  created: {
    name: 'next_app_session.session.created',
    kind: 'counter',
    unit: '{session}',
    description: 'Sessions made.',
    counts: 'created',
  },
  regenerated: {
    name: 'next_app_session.session.regenerated',
    kind: 'counter',
    unit: '{session}',
    description: 'Sessions that got a new ID, as at sign-in.',
    counts: 'regenerated',
  },
  destroyed: {
    name: 'next_app_session.session.destroyed',
    kind: 'counter',
    unit: '{session}',
    description: 'Sessions that ended, by reason. Those that a store expires by itself are not seen.',
    counts: 'destroyed',
  },
  cookieRejected: {
    name: 'next_app_session.cookie.rejected',
    kind: 'counter',
    unit: '{cookie}',
    description: 'Session cookies that were forged or malformed.',
    counts: 'cookie_rejected',
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

/** The counter of each event that has one. The others are outcomes of store calls. */
export const COUNTERS: Partial<Record<LifeEvent['type'], MetricName>> = Object.fromEntries(
  Object.entries(METRICS).flatMap(([name, metric]) => ('counts' in metric ? [[metric.counts, name]] : [])),
);
