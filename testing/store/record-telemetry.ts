import {
  type RecordedMeasurement,
  type RecordedSpan,
  RecordingSink,
} from '../../src/telemetry/recording-sink.js';
import type { TelemetrySink } from '../../src/telemetry/telemetry-sink.js';
import { withOverrides } from './with-overrides.js';

/** The spans and metrics of what runs within it. */
export class RecordedTelemetry {
  readonly #sink = new RecordingSink();

  /** Runs code so that its sessions' spans and metrics come here too, whatever the app's own SDK takes. */
  run<T>(code: () => T): T {
    return withOverrides({ sink: this.sink }, code);
  }

  /** The spans so far, in the order they ended; of one name, if given. */
  spans(name?: string): readonly RecordedSpan[] {
    return this.#sink.spans.filter((span) => name === undefined || span.name === name);
  }

  /** The single values that metrics took so far; of one metric, if given. */
  measurements(metric?: string): readonly RecordedMeasurement[] {
    return this.#sink.measurements.filter((measured) => metric === undefined || measured.metric === metric);
  }

  reset(): void {
    this.#sink.spans = [];
    this.#sink.measurements = [];
  }

  /** Where it is told. @internal */
  get sink(): TelemetrySink {
    return this.#sink;
  }
}

/**
 * Records what sessions tell OpenTelemetry, without an SDK or beside the app's own.
 *
 * @example
 * const telemetry = recordTelemetry();
 * await telemetry.run(() => GET(request));
 * telemetry.spans('next_app_session.store.get');
 */
export function recordTelemetry(): RecordedTelemetry {
  return new RecordedTelemetry();
}
