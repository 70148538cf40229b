import {
  type Counter,
  context,
  createNoopMeter,
  diag,
  type Histogram,
  type Meter,
  metrics,
  type Span,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { LifeEvent } from '../events/session-event.js';
import { countEvent, type Measure, measureCall, spanAttributes } from './measurements.js';
import { METRICS, type Metric, type MetricName } from './metrics.js';
import { SCOPE } from './names.js';
import { warnOfOtherApi } from './other-api.js';
import type { CallEnd, CallKind, SinkCall, TelemetrySink } from './telemetry-sink.js';
import { VERSION } from './version.js';

/** The sink of OpenTelemetry: a span per store call, and metrics. It costs nanoseconds without an SDK. */
export const openTelemetrySink: TelemetrySink = {
  begin(kind: CallKind): SinkCall | undefined {
    const span = startSpan(kind);
    const measure = instruments();
    return span || measure ? new OpenTelemetryCall(kind, span, measure) : undefined;
  },
  event(event: LifeEvent): void {
    const measure = instruments();
    if (measure) countEvent(event, measure);
  },
};

class OpenTelemetryCall implements SinkCall {
  readonly #kind: CallKind;
  readonly #span: Span | undefined;
  readonly #measure: Measure | undefined;

  constructor(kind: CallKind, span: Span | undefined, measure: Measure | undefined) {
    this.#kind = kind;
    this.#span = span;
    this.#measure = measure;
  }

  run<T>(call: () => T): T {
    const span = this.#span;
    return span ? context.with(trace.setSpan(context.active(), span), call) : call();
  }

  end(end: CallEnd): void {
    const span = this.#span;
    if (span) {
      try {
        span.setAttributes(spanAttributes(this.#kind, end));
        // OpenTelemetry's conventions leave the status of a success unset. Exception events are deprecated.
        if (end.error) span.setStatus({ code: SpanStatusCode.ERROR, message: end.error.message });
      } finally {
        span.end();
      }
    }
    if (this.#measure) measureCall(this.#kind, end, this.#measure);
  }
}

const tracer = perProvider(
  () => trace.getTracerProvider(),
  (provider): Tracer => {
    warnOfOtherApi(provider);
    return provider.getTracer(SCOPE, VERSION);
  },
);

/** Returns the app's instruments, or undefined if it collects no metrics. */
const instruments = perProvider(
  () => metrics.getMeterProvider(),
  (provider): Measure | undefined => {
    const meter = provider.getMeter(SCOPE, VERSION);
    const made = {} as Record<MetricName, Counter | Histogram>;
    for (const name of Object.keys(METRICS) as MetricName[]) made[name] = instrument(meter, METRICS[name]);
    // Without an SDK, every meter of the API returns the same histogram, which does nothing.
    if (made.duration === createNoopMeter().createHistogram('')) return undefined;
    return (metric, value, attributes) => {
      const instrument = made[metric];
      if ('add' in instrument) instrument.add(value, attributes);
      else instrument.record(value, attributes);
    };
  },
);

function instrument(meter: Meter, metric: Metric): Counter | Histogram {
  const { name, unit, description } = metric;
  if ('counts' in metric) return meter.createCounter(name, { unit, description });
  const advice = { explicitBucketBoundaries: [...metric.buckets] };
  return meter.createHistogram(name, { unit, description, advice });
}

/** Starts a span as a child of the active one. Returns undefined if nobody records it. */
function startSpan(kind: CallKind): Span | undefined {
  const span = tracer().startSpan(kind.spanName, { attributes: kind.labels });
  return span.isRecording() ? span : undefined;
}

/** Logs an error that the app's SDK threw, for example in a span processor. It must not fail the request. */
export function sdkFailed(error: unknown): void {
  diag.error('next-app-session: the OpenTelemetry SDK threw. The session goes on without it.', error);
}

/**
 * Returns a function that makes a value once, and again when the API has another provider. An app may set its
 * SDK up after the first call, and a meter, unlike a tracer, does not switch to it.
 */
function perProvider<P, T>(currentProvider: () => P, make: (provider: P) => T): () => T {
  let made: { readonly provider: P; readonly value: T } | undefined;
  return () => {
    const provider = currentProvider();
    if (made?.provider !== provider) made = { provider, value: make(provider) };
    return made.value;
  };
}
