import type { LifeEvent } from '../events/session-event.js';
import { countEvent, measureCall, spanAttributes } from './measurements.js';
import { METRICS, type MetricName } from './metrics.js';
import type { Attributes, CallEnd, CallKind, SinkCall, TelemetrySink } from './telemetry-sink.js';

/** A span, as OpenTelemetry gets it. */
export interface RecordedSpan {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The error's message, if the call failed. */
  readonly error?: string;
  readonly durationMs: number;
}

/** One value of a metric. */
export interface RecordedMeasurement {
  readonly metric: string;
  /** In the metric's unit. */
  readonly value: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A sink that keeps what OpenTelemetry gets, for tests. */
export class RecordingSink implements TelemetrySink {
  spans: RecordedSpan[] = [];
  measurements: RecordedMeasurement[] = [];

  begin(kind: CallKind): SinkCall {
    return { end: (end) => this.#end(kind, end) };
  }

  event(event: LifeEvent): void {
    countEvent(event, this.#measure);
  }

  #end(kind: CallKind, end: CallEnd): void {
    this.spans.push({
      name: kind.spanName,
      attributes: { ...kind.labels, ...spanAttributes(kind, end) },
      ...(end.error && { error: end.error.message }),
      durationMs: end.durationMs,
    });
    measureCall(kind, end, this.#measure);
  }

  readonly #measure = (metric: MetricName, value: number, attributes: Attributes) => {
    this.measurements.push({ metric: METRICS[metric].name, value, attributes });
  };
}
