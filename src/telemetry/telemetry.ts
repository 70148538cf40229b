import { EventHook } from '../events/event-hook.js';
import type { LifeEvent } from '../events/session-event.js';
import type { ResolvedOptions } from '../options/options.js';
import { sessionHash } from '../record/session-id.js';
import { EventSink } from './event-sink.js';
import { ObservedCall } from './observed-call.js';
import { openTelemetrySink, sdkFailed } from './open-telemetry-sink.js';
import type { CallKind, SinkCall, TelemetrySink } from './telemetry-sink.js';

/** What is seen of an app's sessions: every store call, and what becomes of sessions, told to each sink. */
export class Telemetry {
  readonly #sinks: readonly TelemetrySink[];
  readonly #hashKey: string | undefined;

  private constructor(sinks: readonly TelemetrySink[], hashKey: string | undefined) {
    this.#sinks = sinks;
    this.#hashKey = hashKey;
  }

  /** OpenTelemetry, and the app's listener if it has one. */
  static of({ onEvent, sessionHash, secrets }: ResolvedOptions): Telemetry {
    const listener = onEvent ? [new EventSink(new EventHook(onEvent))] : [];
    return new Telemetry([openTelemetrySink, ...listener], sessionHash ? secrets[0] : undefined);
  }

  /** The same, which tells one more sink. */
  with(sink: TelemetrySink): Telemetry {
    return new Telemetry([...this.#sinks, sink], this.#hashKey);
  }

  /** Begins a store call. Returns undefined when no sink would show it. */
  begin(kind: CallKind): ObservedCall | undefined {
    let seen: SinkCall[] | undefined;
    for (const sink of this.#sinks) {
      try {
        const call = sink.begin(kind);
        if (call) seen = seen ? [...seen, call] : [call];
      } catch (error) {
        sdkFailed(error);
      }
    }
    return seen && new ObservedCall(seen);
  }

  /** Tells what became of a session. */
  record(event: LifeEvent, id?: string | null): void {
    const hash = this.hashOf(id);
    for (const sink of this.#sinks) {
      try {
        sink.event(event, hash);
      } catch (error) {
        sdkFailed(error);
      }
    }
  }

  /** The hash by which one session's spans and events are found, where the app asked for it. */
  hashOf(id: string | null | undefined): string | undefined {
    return this.#hashKey === undefined || id == null ? undefined : sessionHash(id, this.#hashKey);
  }
}
