import {
  type RecordedMeasurement,
  type RecordedSpan,
  RecordingSink,
} from '../../src/telemetry/recording-sink.js';
import type { TelemetrySink } from '../../src/telemetry/telemetry-sink.js';
import { withOverrides } from './with-overrides.js';

/** The spans and metrics of the code that runs in it. */
export class RecordedTelemetry {
  readonly #sink = new RecordingSink();

  /** Runs code and records the spans and metrics of its sessions. The app's own SDK gets them as well. */
  run<T>(code: () => T): T {
    return withOverrides({ sinks: [this.sink] }, code);
  }

  /** Returns the spans so far, or those with one name, in the order in which they ended. */
  spans(name?: string): readonly RecordedSpan[] {
    return this.#sink.spans.filter((span) => name === undefined || span.name === name);
  }

  /** Returns the single values that metrics got so far, or those of one metric. */
  measurements(metric?: string): readonly RecordedMeasurement[] {
    return this.#sink.measurements.filter((measured) => metric === undefined || measured.metric === metric);
  }

  /** Forgets what was recorded. */
  reset(): void {
    this.#sink.spans = [];
    this.#sink.measurements = [];
  }

  /** The sink that records. @internal */
  get sink(): TelemetrySink {
    return this.#sink;
  }
}

/**
 * Records the spans and metrics that sessions give to OpenTelemetry, without an SDK or beside the app's own. The code has to
 * begin its own requests: a request that has used its session before goes on without this recorder.
 *
 * @example
 * const telemetry = recordTelemetry();
 * await telemetry.run(() => GET(request));
 * telemetry.spans('next_app_session.store.get');
 */
export function recordTelemetry(): RecordedTelemetry {
  return new RecordedTelemetry();
}
