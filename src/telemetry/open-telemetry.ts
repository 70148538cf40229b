import {
  type Attributes,
  type Counter,
  context,
  createNoopMeter,
  diag,
  type Histogram,
  metrics,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { STORE_OPERATIONS, type StoreOperation } from '../events/session-event.js';
import { ATTRIBUTE, DURATION_BUCKETS, METRIC, SCOPE, SIZE_BUCKETS, spanName } from './telemetry-names.js';
import { VERSION } from './version.js';

export type { Attributes, Span } from '@opentelemetry/api';

export interface Instruments {
  readonly duration: Histogram;
  readonly payloadSize: Histogram;
  readonly created: Counter;
  readonly regenerated: Counter;
  readonly destroyed: Counter;
  readonly cookieRejected: Counter;
}

const tracer = perProvider(
  () => trace.getTracerProvider(),
  (provider): Tracer => provider.getTracer(SCOPE, VERSION),
);

/** The app's instruments, or undefined where it collects no metrics. */
export const instruments = perProvider(
  () => metrics.getMeterProvider(),
  (provider): Instruments | undefined => {
    const meter = provider.getMeter(SCOPE, VERSION);
    const duration = meter.createHistogram(METRIC.duration, {
      description: 'How long the session store took to answer.',
      unit: 's',
      advice: { explicitBucketBoundaries: DURATION_BUCKETS },
    });
    // The API's stand-in has one histogram for all: that, and no SDK, is what made this one.
    if (duration === createNoopMeter().createHistogram('')) return undefined;
    return {
      duration,
      payloadSize: meter.createHistogram(METRIC.payloadSize, {
        description: 'The size of session records as they are read and written.',
        unit: 'By',
        advice: { explicitBucketBoundaries: SIZE_BUCKETS },
      }),
      created: meter.createCounter(METRIC.created, { description: 'Sessions made.', unit: '{session}' }),
      regenerated: meter.createCounter(METRIC.regenerated, {
        description: 'Sessions that got a new ID, as at sign-in.',
        unit: '{session}',
      }),
      destroyed: meter.createCounter(METRIC.destroyed, {
        description: 'Sessions that ended, by reason. Those that a store expires by itself are not seen.',
        unit: '{session}',
      }),
      cookieRejected: meter.createCounter(METRIC.cookieRejected, {
        description: 'Session cookies that were forged or malformed.',
        unit: '{cookie}',
      }),
    };
  },
);

type StartSpan = (operation: StoreOperation) => Span | undefined;

/**
 * Starts the spans of a store's calls, as children of whatever is active; `undefined` where nobody records them. The
 * options of every span are made here once: without an SDK a call costs nanoseconds.
 */
export function storeSpanStarter(storeName: string): StartSpan {
  const options = {} as Record<StoreOperation, { readonly name: string; readonly start: SpanOptions }>;
  for (const operation of STORE_OPERATIONS) {
    const attributes = { [ATTRIBUTE.operation]: operation, [ATTRIBUTE.storeName]: storeName };
    options[operation] = { name: spanName(operation), start: { attributes } };
  }
  return (operation) => {
    const { name, start } = options[operation];
    try {
      const span = tracer().startSpan(name, start);
      return span.isRecording() ? span : undefined;
    } catch (error) {
      sdkFailed(error);
      return undefined;
    }
  };
}

/** Runs a store call so that the driver's own spans become children of `span`. */
export function withinSpan<T>(span: Span, run: () => T): T {
  return context.with(trace.setSpan(context.active(), span), run);
}

export function endSpan(span: Span, attributes: Attributes, errorMessage: string | undefined): void {
  span.setAttributes(attributes);
  // Success stays unset, as the conventions want it. No exception event either: those are deprecated.
  if (errorMessage !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: errorMessage });
  span.end();
}

/** A part of an app's SDK that throws, a span processor say, must not take a request with it. */
export function sdkFailed(error: unknown): void {
  diag.error('next-app-session: the OpenTelemetry SDK threw. The session goes on without it.', error);
}

/** Makes something anew when the SDK behind the API is another: unlike tracers, meters are not bound late. */
function perProvider<P, T>(currentProvider: () => P, make: (provider: P) => T): () => T {
  let made: { readonly provider: P; readonly value: T } | undefined;
  return () => {
    const provider = currentProvider();
    if (made?.provider !== provider) made = { provider, value: make(provider) };
    return made.value;
  };
}
