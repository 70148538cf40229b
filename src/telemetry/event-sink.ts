import type { EventHook } from '../events/event-hook.js';
import type { LifeEvent } from '../events/session-event.js';
import type { CallEnd, CallKind, SinkCall, TelemetrySink } from './telemetry-sink.js';

/** Tells the app's `onEvent` option. */
export class EventSink implements TelemetrySink {
  readonly #hook: EventHook;

  constructor(hook: EventHook) {
    this.#hook = hook;
  }

  begin({ operation, store }: CallKind): SinkCall {
    return {
      end: ({ outcome, durationMs, error, sessionHash }: CallEnd) =>
        this.#hook.emit({
          type: 'store_call',
          operation,
          store,
          outcome,
          ...(error && { errorType: error.type }),
          durationMs,
          ...(sessionHash !== undefined && { sessionHash }),
        }),
    };
  }

  event(event: LifeEvent, sessionHash: string | undefined): void {
    this.#hook.emit(sessionHash === undefined ? event : { ...event, sessionHash });
  }
}
