import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node';

/** What the page needs of a span. No attribute but these is kept, so nothing else can be shown. */
export type TracedSpan = {
  id: string;
  parentId: string | undefined;
  kind: 'next' | 'store' | 'driver';
  name: string;
  /** Next's own word for the kind of span. */
  type: string | undefined;
  /** Epoch milliseconds, with fractions. */
  start: number;
  /** Milliseconds. */
  duration: number;
  operation: string | undefined;
  outcome: string | undefined;
  error: string | undefined;
  /** Bytes of the session's record. */
  size: number | undefined;
};

/** One request: its own span, and the spans below it. */
export type TracedRequest = {
  id: string;
  method: string;
  path: string;
  /** Next's word for it; that of a redirect by proxy is not to be had. */
  failed: boolean;
  spans: TracedSpan[];
};

const KEPT_REQUESTS = 12;
const KEPT_CALLS = 500;
/** Traces whose request has not ended, or never will. */
const MAX_OPEN = 200;
/** This page's own requests, and files, would push out what there is to see. */
const NOT_SHOWN = /^\/(traces|api\/traces|_next|icon|favicon)/;

/** Keeps the last requests and store calls in memory. */
export class RecentSpans implements SpanProcessor {
  readonly #open = new Map<string, TracedSpan[]>();
  #requests: TracedRequest[] = [];
  #calls: TracedSpan[] = [];

  get requests(): readonly TracedRequest[] {
    return this.#requests;
  }

  /** The last store calls, of requests that are no longer kept too. */
  get calls(): readonly TracedSpan[] {
    return this.#calls;
  }

  onStart() {}

  onEnd(span: ReadableSpan) {
    const { traceId } = span.spanContext();
    const traced = toTraced(span);
    if (traced.kind === 'store') this.#calls = [...this.#calls, traced].slice(-KEPT_CALLS);
    const done = this.#requests.find(({ id }) => id === traceId);
    if (done)
      done.spans.push(traced); // of after(), when the request is over
    else this.#collect(traceId, traced, span);
  }

  async forceFlush() {}
  async shutdown() {}

  #collect(traceId: string, traced: TracedSpan, { attributes }: ReadableSpan) {
    const spans = [...(this.#open.get(traceId) ?? []), traced];
    this.#open.set(traceId, spans);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_OPEN && oldest) this.#open.delete(oldest);
    if (traced.type !== 'BaseServer.handleRequest') return;
    this.#open.delete(traceId);
    const [path = '/'] = String(attributes['http.target'] ?? '/').split('?');
    const isPrefetch = attributes['next.rsc'] === true && !spans.some(({ kind }) => kind === 'store');
    if (NOT_SHOWN.test(path) || isPrefetch) return;
    const method = String(attributes['http.method'] ?? 'GET');
    const failed = Number(attributes['http.status_code']) >= 500;
    this.#requests = [{ id: traceId, method, path, failed, spans }, ...this.#requests].slice(
      0,
      KEPT_REQUESTS,
    );
  }
}

const KINDS: Record<string, TracedSpan['kind']> = {
  'next-app-session': 'store',
  '@opentelemetry/instrumentation-ioredis': 'driver',
};

function toTraced(span: ReadableSpan): TracedSpan {
  const text = (name: string) => span.attributes[name]?.toString();
  const size = span.attributes['next_app_session.payload.size'];
  return {
    id: span.spanContext().spanId,
    parentId: span.parentSpanContext?.spanId,
    kind: KINDS[span.instrumentationScope.name] ?? 'next',
    name: span.name,
    type: text('next.span_type'),
    start: span.startTime[0] * 1000 + span.startTime[1] / 1e6,
    duration: span.duration[0] * 1000 + span.duration[1] / 1e6,
    operation: text('next_app_session.store.operation'),
    outcome: text('next_app_session.store.outcome'),
    error: text('error.type'),
    size: typeof size === 'number' ? size : undefined,
  };
}

const KEY = Symbol.for('next-app-session-example.spans');

/** The same for every copy of this module that Next loads. */
export function recentSpans(): RecentSpans {
  const shared = globalThis as { [KEY]?: RecentSpans };
  shared[KEY] ??= new RecentSpans();
  return shared[KEY];
}
