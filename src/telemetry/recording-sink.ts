import type { LifeEvent } from '../events/session-event.js';
import { countEvent, measureCall, spanAttributes } from './measurements.js';
import { METRICS, type MetricName } from './metrics.js';
import type { Attributes, CallEnd, CallKind, SinkCall, TelemetrySink } from './telemetry-sink.js';

/** A span as OpenTelemetry is given it. */
export interface RecordedSpan {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The message of a span in error. */
  readonly error?: string;
  readonly durationMs: number;
}

/** One value as a metric takes it. */
export interface RecordedMeasurement {
  readonly metric: string;
  readonly value: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Keeps what OpenTelemetry is told, for tests to look at. */
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
      attributes: { ...kind.labels, ...spanAttributes(end) },
      ...(end.error && { error: end.error.message }),
      durationMs: end.durationMs,
    });
    measureCall(kind, end, this.#measure);
  }

  readonly #measure = (metric: MetricName, value: number, attributes: Attributes) => {
    this.measurements.push({ metric: METRICS[metric].name, value, attributes });
  };
}
