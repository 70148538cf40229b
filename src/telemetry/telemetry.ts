import type { LifeEvent } from '../events/session-event.js';
import { SessionError } from '../lib/errors.js';
import type { ResolvedOptions } from '../options/options.js';
import { sessionHash } from '../record/session-id.js';
import { eventSink } from './event-sink.js';
import { ObservedCall } from './observed-call.js';
import { openTelemetrySink, sdkFailed } from './open-telemetry-sink.js';
import type { CallKind, SinkCall, TelemetrySink } from './telemetry-sink.js';

/** The telemetry of an app. It tells each sink of every store call and every event of a session's life. */
export class Telemetry {
  readonly #sinks: readonly TelemetrySink[];
  readonly #hashKey: string | undefined;

  /** Tells nobody: for calls that are not the app's. */
  static readonly silent = new Telemetry([], undefined);

  private constructor(sinks: readonly TelemetrySink[], hashKey: string | undefined) {
    this.#sinks = sinks;
    this.#hashKey = hashKey;
  }

  /** Returns telemetry for OpenTelemetry and, if the app has one, its listener. */
  static of({ onEvent, sessionHash, secrets }: ResolvedOptions): Telemetry {
    const listener = onEvent ? [eventSink(onEvent)] : [];
    // Without the secrets no ID is known either.
    const [hashKey] = sessionHash && !SessionError.is(secrets) ? secrets : [];
    return new Telemetry([openTelemetrySink, ...listener], hashKey);
  }

  /** Returns the same telemetry with more sinks. */
  with(sinks: readonly TelemetrySink[]): Telemetry {
    return new Telemetry([...this.#sinks, ...sinks], this.#hashKey);
  }

  /** Begins a store call. Returns undefined if no sink observes it. */
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

  /** Tells every sink of an event of a session's life, even if one of them throws. */
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

  /** Returns the hash that marks a session's spans and events, or undefined if the app did not ask for it. */
  hashOf(id: string | null | undefined): string | undefined {
    return this.#hashKey === undefined || id == null ? undefined : sessionHash(id, this.#hashKey);
  }
}
