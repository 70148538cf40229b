import type { EndReason, LifeEvent, StoreOperation, StoreOutcome } from '../events/session-event.js';

/** What the spans and metrics of one operation of one store have in common. It never changes. */
export interface CallKind {
  readonly operation: StoreOperation;
  /** The store's name. */
  readonly store: string;
  readonly spanName: string;
  /** The attributes of every span and metric. */
  readonly labels: Attributes;
}

export type Attributes = Readonly<Record<string, string | number>>;

/** How a store call ended. */
export interface CallEnd {
  readonly outcome: StoreOutcome;
  readonly durationMs: number;
  /** The size of the record that was read or written, in bytes. */
  readonly size?: number | undefined;
  /** How long that record still lives, in seconds. */
  readonly ttl?: number | undefined;
  /** Why the session ended. */
  readonly reason?: EndReason | undefined;
  /** The hash of the session ID, if the app asked for it. */
  readonly sessionHash?: string | undefined;
  /** Present if the call failed. */
  readonly error?: { readonly type: string; readonly message: string } | undefined;
}

/** A store call that one sink observes. */
export interface SinkCall {
  /** Runs the call, so that the driver's spans become children of the call's span. */
  run?<T>(call: () => T): T;
  end(end: CallEnd): void;
}

/** A receiver of telemetry: OpenTelemetry, the app's `onEvent` listener, or the recorder of a test. */
export interface TelemetrySink {
  /** Begins a call. Returns undefined if nobody observes it, so that it costs nothing. */
  begin(kind: CallKind): SinkCall | undefined;
  /** Receives an event of a session's life. */
  event(event: LifeEvent, sessionHash: string | undefined): void;
}
