import type { SessionEvent, SessionEventListener } from '../events/session-event.js';
import { safeCause } from '../lib/safe-cause.js';
import type { TelemetrySink } from './telemetry-sink.js';

/** Returns the sink of the app's `onEvent` option. The listener can neither break nor delay a request. */
export function eventSink(listener: SessionEventListener): TelemetrySink {
  let isReported = false;
  const tell = async (event: SessionEvent) => {
    try {
      await listener(event);
    } catch (error) {
      if (isReported) return;
      isReported = true;
      const cause = safeCause(error);
      console.error('next-app-session: the onEvent option threw. Its later errors are not logged.', cause);
    }
  };
  // In the same async context, so that a log line of the listener belongs to the request's trace.
  const emit = (event: SessionEvent) => void setImmediate(() => tell(event));
  return {
    begin: (kind) => ({
      end: ({ outcome, durationMs, source, error, sessionHash }) =>
        emit({
          ...kind.event,
          outcome,
          ...(error && { errorType: error.type }),
          durationMs,
          ...(source && { source }),
          ...(sessionHash !== undefined && { sessionHash }),
        } as SessionEvent),
    }),
    event: (event, sessionHash) => emit(sessionHash === undefined ? event : { ...event, sessionHash }),
  };
}
