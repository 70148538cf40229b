import type {
  EndReason,
  LifeEvent,
  RecordSource,
  RefreshEvent,
  RefreshOutcome,
  StoreCallEvent,
  StoreOutcome,
} from '../events/session-event.js';
import type { MetricName } from './metrics.js';

/** What the spans, metrics and events of one kind of call have in common. It never changes. */
export interface CallKind {
  /** What its event says of every call. */
  readonly event: Pick<StoreCallEvent, 'type' | 'operation' | 'store'> | Pick<RefreshEvent, 'type'>;
  readonly spanName: string;
  /** The attribute that says how the call ended. */
  readonly outcomeName: string;
  /** The metric of its duration. */
  readonly duration: MetricName;
  /** The attributes of every span and metric. */
  readonly labels: Attributes;
}

export type Attributes = Readonly<Record<string, string | number>>;

/** How a call ended. */
export interface CallEnd {
  readonly outcome: StoreOutcome | RefreshOutcome;
  readonly durationMs: number;
  /** The size of the record that was read or written, in bytes. */
  readonly size?: number | undefined;
  /** How long that record still lives, in seconds. */
  readonly ttl?: number | undefined;
  /** Where the record was, if not in the system behind the store. */
  readonly source?: RecordSource | undefined;
  /** Why the session ended. */
  readonly reason?: EndReason | undefined;
  /** The hash of the session ID, if the app asked for it. */
  readonly sessionHash?: string | undefined;
  /** Present if the call failed. */
  readonly error?: { readonly type: string; readonly message: string } | undefined;
}

/** A call that one sink observes. */
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
