import type { TracedRequest, TracedSpan } from './recent-spans';

/** A bar of the waterfall. */
export type Row = Pick<
  TracedSpan,
  'id' | 'kind' | 'name' | 'duration' | 'outcome' | 'error' | 'failed' | 'size' | 'ttl'
> & {
  /** How deep below the request. */
  depth: number;
  /** Milliseconds after the request began. */
  offset: number;
  /** Where it begins and how long it is, in percent of the request. */
  left: number;
  width: number;
};

export type RequestReport = {
  id: string;
  title: string;
  /** Of the answer, where Next tells it: it does not when the proxy itself answers, say with a redirect. */
  status: number | undefined;
  duration: number;
  rows: Row[];
};

export type OperationReport = {
  operation: string;
  calls: number;
  p50: number;
  p95: number;
  p99: number;
  /** How many calls took up to each of BOUNDS, the last one longer. */
  buckets: number[];
  outcomes: Record<string, number>;
};

export type TraceReport = { requests: RequestReport[]; operations: OperationReport[] };

/** Milliseconds. */
export const BOUNDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100];

const OPERATIONS = ['get', 'set', 'touch', 'destroy', 'list', 'index', 'unindex'];

export function reportTraces(requests: readonly TracedRequest[], calls: readonly TracedSpan[]): TraceReport {
  return {
    requests: requests.flatMap((request) => reportRequest(request) ?? []),
    operations: OPERATIONS.flatMap((operation) => {
      const own = calls.filter((call) => call.operation === operation);
      return own.length > 0 ? [reportOperation(operation, own)] : [];
    }),
  };
}

function reportRequest({ id, spans }: TracedRequest): RequestReport | undefined {
  const root = spans.find(({ http, parentId }) => http && !spans.some((span) => span.id === parentId));
  if (!root?.http) return undefined;
  const { method, path } = root.http;
  const answer = answering(root, spans);
  const duration = Math.max(root.duration, answer ? endOf(answer) - root.start : 0);
  const shown = new Set([
    root,
    ...(answer ? [answer] : []),
    ...spans.filter(({ kind }) => kind !== 'next').flatMap((span) => lineage(span, spans)),
  ]);
  // What after() does comes behind the response.
  const whole = Math.max(...[...shown].map((span) => endOf(span) - root.start), 0.001);
  const rows = [...shown]
    .toSorted((a, b) => a.start - b.start || lineage(a, spans).length - lineage(b, spans).length)
    .map((span) => ({
      id: span.id,
      kind: span.kind,
      name: span.name,
      duration: span.duration,
      outcome: span.outcome,
      error: span.error,
      failed: span.failed,
      size: span.size,
      ttl: span.ttl,
      depth: lineage(span, spans).filter((one) => shown.has(one)).length - 1,
      offset: Math.max(0, span.start - root.start),
      left: percent(span.start - root.start, whole),
      width: percent(span.duration, whole),
    }));
  return { id, title: `${method} ${path}`, status: answer?.http?.status, duration, rows };
}

/** Behind a proxy the page has a span of its own, and that of the request says 200 whatever the proxy answers. */
function answering(root: TracedSpan, spans: readonly TracedSpan[]): TracedSpan | undefined {
  const below = spans.filter(({ parentId }) => parentId === root.id);
  if (!below.some(({ type }) => type === 'Middleware.execute')) return root;
  return below.find(({ http }) => http?.method === root.http?.method && http?.path === root.http?.path);
}

function endOf({ start, duration }: TracedSpan): number {
  return start + duration;
}

/** A span and those above it, as far as they belong to this server. */
function lineage(span: TracedSpan, spans: readonly TracedSpan[]): TracedSpan[] {
  const parent = spans.find(({ id }) => id === span.parentId);
  return parent ? [span, ...lineage(parent, spans)] : [span];
}

function reportOperation(operation: string, calls: readonly TracedSpan[]): OperationReport {
  const durations = calls.map(({ duration }) => duration).toSorted((a, b) => a - b);
  const buckets = Array.from({ length: BOUNDS.length + 1 }, () => 0);
  for (const duration of durations) {
    const index = BOUNDS.findIndex((bound) => duration <= bound);
    const bucket = index < 0 ? BOUNDS.length : index;
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  const outcomes: Record<string, number> = {};
  for (const { outcome = 'ok' } of calls) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return {
    operation,
    calls: calls.length,
    p50: percentile(durations, 50),
    p95: percentile(durations, 95),
    p99: percentile(durations, 99),
    buckets,
    outcomes,
  };
}

/** Of sorted values: the nearest rank. */
function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil((part / 100) * sorted.length) - 1)] ?? 0;
}

function percent(part: number, whole: number): number {
  return Math.min(100, Math.max(0, Math.round((part / whole) * 10_000) / 100));
}
