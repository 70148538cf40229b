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

/** Takes spans and measurements beside OpenTelemetry's own. */
export interface TelemetryRecorder {
  span(span: RecordedSpan): void;
  measure(measurement: RecordedMeasurement): void;
}
