/** The instrumentation scope of every span and metric. */
export const SCOPE = 'next-app-session';

/**
 * Names of attributes. All except `error.type` are in this library's namespace: OpenTelemetry's `session.*`
 * is for sessions of client applications, and its list of sensitive data names session tokens.
 */
export const ATTRIBUTE = {
  operation: 'next_app_session.store.operation',
  storeName: 'next_app_session.store.name',
  outcome: 'next_app_session.store.outcome',
  source: 'next_app_session.store.source',
  errorType: 'error.type',
  payloadSize: 'next_app_session.payload.size',
  ttl: 'next_app_session.ttl',
  sessionHash: 'next_app_session.session.hash',
  reason: 'next_app_session.session.reason',
  rejectReason: 'next_app_session.record.reason',
  refreshOutcome: 'next_app_session.refresh.outcome',
} as const;

/** Returns the name of an operation's span. */
export function spanName(operation: string): string {
  return `next_app_session.store.${operation}`;
}
