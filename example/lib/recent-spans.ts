import { SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node';

/** What the page needs of a span. No attribute but these is kept, so nothing else can be shown. */
export type TracedSpan = {
  id: string;
  parentId: string | undefined;
  kind: 'next' | 'store' | 'driver';
  name: string;
  /** Next's own word for the kind of span. */
  type: string | undefined;
  /** Milliseconds since this process began. */
  start: number;
  /** Milliseconds. */
  duration: number;
  operation: string | undefined;
  outcome: string | undefined;
  error: string | undefined;
  /** The span's own word for it: a driver's failed command has no `error.type`. */
  failed: boolean;
  /** Bytes of the session's record. */
  size: number | undefined;
  /** Seconds that the record has left. */
  ttl: number | undefined;
  /** Of a span of Next's that handles a request. */
  http: { method: string; path: string; status: number | undefined } | undefined;
};

/** One request: its own span, and the spans below it. */
export type TracedRequest = { id: string; spans: TracedSpan[] };

/** The kind of span that Next has for a request as a whole, and again for the page behind a proxy. */
export const HANDLES_REQUEST = 'BaseServer.handleRequest';

const KEPT_REQUESTS = 12;
const KEPT_CALLS = 500;
/** Traces whose request has not ended, or never will. */
const MAX_OPEN = 200;
/** This page's own requests, and files, would push out what there is to see. */
const NOT_SHOWN = /^\/(traces|api\/traces|_next\/.*|icon\.svg|favicon\.ico)$/;

/** Keeps the last requests and store calls in memory. */
export class RecentSpans implements SpanProcessor {
  readonly #open = new Map<string, TracedSpan[]>();
  /** A span's own start is in whole milliseconds, and a store call takes a part of one. */
  readonly #started = new WeakMap<object, number>();
  #requests: TracedRequest[] = [];
  #calls: TracedSpan[] = [];

  get requests(): readonly TracedRequest[] {
    return this.#requests;
  }

  /** The last store calls, of requests that are no longer kept too. */
  get calls(): readonly TracedSpan[] {
    return this.#calls;
  }

  onStart(span: object) {
    this.#started.set(span, performance.now());
  }

  onEnd(span: ReadableSpan) {
    const { traceId } = span.spanContext();
    const duration = span.duration[0] * 1000 + span.duration[1] / 1e6;
    const traced = toTraced(span, this.#started.get(span) ?? performance.now() - duration, duration);
    if (traced.kind === 'store') this.#calls = [...this.#calls, traced].slice(-KEPT_CALLS);
    const done = this.#requests.find(({ id }) => id === traceId);
    if (done)
      done.spans.push(traced); // of after(), or behind a proxy: Next's span of the request is over by then
    else this.#collect(traceId, traced, span);
  }

  async forceFlush() {}
  async shutdown() {}

  #collect(traceId: string, traced: TracedSpan, { attributes }: ReadableSpan) {
    const spans = [...(this.#open.get(traceId) ?? []), traced];
    this.#open.set(traceId, spans);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_OPEN && oldest) this.#open.delete(oldest);
    if (!traced.http) return;
    this.#open.delete(traceId);
    const isPrefetch = attributes['next.rsc'] === true && !spans.some(({ kind }) => kind === 'store');
    if (NOT_SHOWN.test(traced.http.path) || isPrefetch) return;
    this.#requests = [{ id: traceId, spans }, ...this.#requests].slice(0, KEPT_REQUESTS);
  }
}

const KINDS: Record<string, TracedSpan['kind']> = {
  'next-app-session': 'store',
  '@opentelemetry/instrumentation-ioredis': 'driver',
  '@opentelemetry/instrumentation-pg': 'driver',
};

function toTraced(span: ReadableSpan, start: number, duration: number): TracedSpan {
  const text = (name: string) => span.attributes[name]?.toString();
  const number = (name: string) => {
    const value = span.attributes[name];
    return typeof value === 'number' ? value : undefined;
  };
  const type = text('next.span_type');
  return {
    id: span.spanContext().spanId,
    parentId: span.parentSpanContext?.spanId,
    kind: KINDS[span.instrumentationScope.name] ?? 'next',
    name: span.name,
    type,
    start,
    duration,
    operation: text('next_app_session.store.operation'),
    outcome: text('next_app_session.store.outcome') ?? text('next_app_session.refresh.outcome'),
    error: text('error.type'),
    failed: span.status.code === SpanStatusCode.ERROR,
    size: number('next_app_session.payload.size'),
    ttl: number('next_app_session.ttl'),
    http: type === HANDLES_REQUEST ? { ...addressed(span), status: number('http.status_code') } : undefined,
  };
}

/** Without the query, which may hold anything. */
function addressed({ attributes }: ReadableSpan): { method: string; path: string } {
  const [path = '/'] = String(attributes['http.target'] ?? '/').split('?');
  return { method: String(attributes['http.method'] ?? 'GET'), path };
}

const KEY = Symbol.for('next-app-session-example.spans');

/** The same for every copy of this module that Next loads. */
export function recentSpans(): RecentSpans {
  const shared = globalThis as { [KEY]?: RecentSpans };
  shared[KEY] ??= new RecentSpans();
  return shared[KEY];
}
