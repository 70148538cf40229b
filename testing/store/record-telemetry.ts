import type {
  RecordedMeasurement,
  RecordedSpan,
  TelemetryRecorder,
} from '../../src/test-seam/telemetry-recorder.js';
import { withSurroundings } from './with-surroundings.js';

/** The spans and metrics of what runs within it. */
export class RecordedTelemetry implements TelemetryRecorder {
  #spans: RecordedSpan[] = [];
  #measurements: RecordedMeasurement[] = [];

  /** Runs code so that its sessions' spans and metrics come here too, whatever the app's own SDK takes. */
  run<T>(code: () => T): T {
    return withSurroundings({ recorder: this }, code);
  }

  /** The spans so far, in the order they ended; of one name, if given. */
  spans(name?: string): readonly RecordedSpan[] {
    return this.#spans.filter((span) => name === undefined || span.name === name);
  }

  /** The single values that metrics took so far; of one metric, if given. */
  measurements(metric?: string): readonly RecordedMeasurement[] {
    return this.#measurements.filter((measured) => metric === undefined || measured.metric === metric);
  }

  reset(): void {
    this.#spans = [];
    this.#measurements = [];
  }

  /** @internal */
  span(span: RecordedSpan): void {
    this.#spans.push(span);
  }

  /** @internal */
  measure(measurement: RecordedMeasurement): void {
    this.#measurements.push(measurement);
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
