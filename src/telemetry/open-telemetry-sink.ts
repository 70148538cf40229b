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
import type { CallEnd, CallKind, SinkCall, TelemetrySink } from './telemetry-sink.js';
import { VERSION } from './version.js';

/** Tells OpenTelemetry: a span a store call, and metrics. Without an SDK a call costs nanoseconds. */
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
      span.setAttributes(spanAttributes(end));
      // Success stays unset, as the conventions want it. No exception event either: those are deprecated.
      if (end.error) span.setStatus({ code: SpanStatusCode.ERROR, message: end.error.message });
      span.end();
    }
    if (this.#measure) measureCall(this.#kind, end, this.#measure);
  }
}

const tracer = perProvider(
  () => trace.getTracerProvider(),
  (provider): Tracer => provider.getTracer(SCOPE, VERSION),
);

/** The app's instruments, or undefined where it collects no metrics. */
const instruments = perProvider(
  () => metrics.getMeterProvider(),
  (provider): Measure | undefined => {
    const meter = provider.getMeter(SCOPE, VERSION);
    const made = {} as Record<MetricName, Counter | Histogram>;
    for (const name of Object.keys(METRICS) as MetricName[]) made[name] = instrument(meter, METRICS[name]);
    // The API's stand-in has one histogram for all: a meter that gives that one has no SDK behind it.
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
  if (metric.kind === 'counter') return meter.createCounter(name, { unit, description });
  const advice = { explicitBucketBoundaries: [...metric.buckets] };
  return meter.createHistogram(name, { unit, description, advice });
}

/** Starts a span as a child of whatever is active; undefined where nobody records it. */
function startSpan(kind: CallKind): Span | undefined {
  const span = tracer().startSpan(kind.spanName, { attributes: kind.labels });
  return span.isRecording() ? span : undefined;
}

/** Reports a part of the app's SDK that throws, such as a span processor. It must not take a request with it. */
export function sdkFailed(error: unknown): void {
  diag.error('next-app-session: the OpenTelemetry SDK threw. The session goes on without it.', error);
}

/** Makes something again when the SDK behind the API is another one: unlike tracers, meters are not bound late. */
function perProvider<P, T>(currentProvider: () => P, make: (provider: P) => T): () => T {
  let made: { readonly provider: P; readonly value: T } | undefined;
  return () => {
    const provider = currentProvider();
    if (made?.provider !== provider) made = { provider, value: make(provider) };
    return made.value;
  };
}
