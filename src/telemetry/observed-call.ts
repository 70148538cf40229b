import { sdkFailed } from './open-telemetry-sink.js';
import type { CallEnd, SinkCall } from './telemetry-sink.js';

/** A store call that at least one sink observes. */
export class ObservedCall {
  readonly #sinks: readonly SinkCall[];

  constructor(sinks: readonly SinkCall[]) {
    this.#sinks = sinks;
  }

  /** Runs the call within its span, if it has one. */
  run<T>(call: () => T): T {
    const within = (run: () => T, sink: SinkCall) => (sink.run ? () => sink.run?.(run) as T : run);
    return this.#sinks.reduce(within, call)();
  }

  /** Tells every sink how the call ended, even if one of them throws. */
  end(end: CallEnd): void {
    for (const sink of this.#sinks) {
      try {
        sink.end(end);
      } catch (error) {
        sdkFailed(error);
      }
    }
  }
}
