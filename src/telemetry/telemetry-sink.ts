import type { EndReason, LifeEvent, StoreOperation, StoreOutcome } from '../events/session-event.js';

/** The calls of one operation of one store: what their spans and metrics have in common. Made once, and never changed. */
export interface CallKind {
  readonly operation: StoreOperation;
  /** The store's name. */
  readonly store: string;
  readonly spanName: string;
  /** The attributes of each span and metric. */
  readonly labels: Attributes;
}

export type Attributes = Readonly<Record<string, string | number>>;

/** How a store call ended. */
export interface CallEnd {
  readonly outcome: StoreOutcome;
  readonly durationMs: number;
  /** Bytes of the record that was read or written. */
  readonly size?: number | undefined;
  /** Seconds that it has left. */
  readonly ttl?: number | undefined;
  /** Why a session was destroyed. */
  readonly reason?: EndReason | undefined;
  /** The hash of the session's ID, where the app asked for it. */
  readonly sessionHash?: string | undefined;
  /** Of a call that failed. */
  readonly error?: { readonly type: string; readonly message: string } | undefined;
}

/** A store call under way, as one sink sees it. */
export interface SinkCall {
  /** Runs the call itself, so that spans of the driver become children of the call's span. */
  run?<T>(call: () => T): T;
  end(end: CallEnd): void;
}

/** Where what happens to sessions is told: OpenTelemetry, the app's `onEvent`, or the recorder of a test. */
export interface TelemetrySink {
  /** Begins a call. Returns undefined when nobody would see it, so that it costs nothing. */
  begin(kind: CallKind): SinkCall | undefined;
  /** Takes what became of a session. */
  event(event: LifeEvent, sessionHash: string | undefined): void;
}
