/** The instrumentation scope of every span and metric. */
export const SCOPE = 'next-app-session';

/**
 * Names of attributes. OpenTelemetry's own `session.*` is for sessions of a client's use and lists no tokens, so all
 * but `error.type` have a namespace of their own.
 */
export const ATTRIBUTE = {
  operation: 'next_app_session.store.operation',
  storeName: 'next_app_session.store.name',
  outcome: 'next_app_session.store.outcome',
  errorType: 'error.type',
  payloadSize: 'next_app_session.payload.size',
  ttl: 'next_app_session.ttl',
  sessionHash: 'next_app_session.session.hash',
  reason: 'next_app_session.session.reason',
} as const;

/** Names of metrics. */
export const METRIC = {
  duration: 'next_app_session.store.operation.duration',
  payloadSize: 'next_app_session.payload.size',
  created: 'next_app_session.session.created',
  regenerated: 'next_app_session.session.regenerated',
  destroyed: 'next_app_session.session.destroyed',
  cookieRejected: 'next_app_session.cookie.rejected',
} as const;

/** Upper bounds in seconds. A store on this machine answers in 0.1 ms, and one that hangs ends at storeTimeout. */
export const DURATION_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Upper bounds in bytes. */
export const SIZE_BUCKETS = [
  128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 262_144, 1_048_576,
];

export function spanName(operation: string): string {
  return `next_app_session.store.${operation}`;
}
