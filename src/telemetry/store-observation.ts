import type { EventHook } from '../events/event-hook.js';
import type { EndReason, StoreOperation, StoreOutcome } from '../events/session-event.js';
import { currentTime, surroundings } from '../test-seam/surroundings.js';
import type { TelemetryRecorder } from '../test-seam/telemetry-recorder.js';
import { errorType } from './error-type.js';
import {
  type Attributes,
  endSpan,
  type Instruments,
  instruments,
  type Span,
  sdkFailed,
  storeSpanStarter,
  withinSpan,
} from './open-telemetry.js';
import { ATTRIBUTE, METRIC, spanName } from './telemetry-names.js';

/** What a store call's result tells beside its value. */
export interface StoreReport {
  readonly outcome: StoreOutcome;
  /** Bytes of the record. */
  readonly size?: number | undefined;
  /** Epoch milliseconds. */
  readonly expiresAt?: number | null | undefined;
}

/** The hash that an app asked for, of a session ID. */
export type HashOf = (id: string | null | undefined) => { readonly sessionHash?: string };

/** A store whose calls are seen: in spans, in metrics and by the app's listener. */
export class ObservedStore {
  readonly name: string;
  readonly hook: EventHook | undefined;
  readonly hashOf: HashOf;
  readonly #startSpan: (operation: StoreOperation) => Span | undefined;

  constructor(name: string, hook: EventHook | undefined, hashOf: HashOf) {
    this.name = name;
    this.hook = hook;
    this.hashOf = hashOf;
    this.#startSpan = storeSpanStarter(name);
  }

  /** Begins to watch a call; `undefined` when nobody would see it, so that it costs nothing. */
  observe({ operation, id, reason }: ObservedCall): StoreObservation | undefined {
    const span = this.#startSpan(operation);
    const meters = instruments();
    const recorder = surroundings()?.recorder;
    if (!span && !meters && !this.hook && !recorder) return undefined;
    return new StoreObservation(this, { operation, id, reason, span, meters, recorder });
  }
}

interface ObservedCall {
  readonly operation: StoreOperation;
  readonly id?: string | null | undefined;
  readonly reason?: EndReason | undefined;
}

interface Watched extends ObservedCall {
  readonly span: Span | undefined;
  readonly meters: Instruments | undefined;
  readonly recorder: TelemetryRecorder | undefined;
}

/** How a call ended. */
interface Ended extends StoreReport {
  readonly durationMs: number;
  /** Of its error, and what that says. */
  readonly type: string | undefined;
  readonly message: string | undefined;
  readonly sessionHash: string | undefined;
}

/** One store call under way. */
export class StoreObservation {
  readonly #store: ObservedStore;
  readonly #call: Watched;
  readonly #startedAt = performance.now();

  constructor(store: ObservedStore, call: Watched) {
    this.#store = store;
    this.#call = call;
  }

  /** Runs the call, with the driver's spans as children of its own. */
  run<T>(call: () => T): T {
    const { span } = this.#call;
    return span ? withinSpan(span, call) : call();
  }

  succeeded(report: StoreReport): void {
    this.#end(report);
  }

  failed(error: Error): void {
    this.#end({ outcome: 'error' }, error);
  }

  #end(report: StoreReport, error?: Error): void {
    try {
      this.#tell(report, error);
    } catch (failure) {
      sdkFailed(failure);
    }
  }

  #tell({ outcome, size, expiresAt }: StoreReport, error?: Error): void {
    const durationMs = performance.now() - this.#startedAt;
    const type = error && errorType(error);
    const { span, meters, recorder } = this.#call;
    const { hook, hashOf } = this.#store;
    const { sessionHash } = span || recorder || hook ? hashOf(this.#call.id) : {};
    const ended = { outcome, size, expiresAt, durationMs, type, message: error?.message, sessionHash };
    if (hook) this.#emit(hook, ended);
    if (span || recorder) this.#endSpan(ended);
    if (meters || recorder) this.#measure(ended);
  }

  #emit(hook: EventHook, { outcome, durationMs, type, sessionHash }: Ended): void {
    hook.emit({
      type: 'store_call',
      operation: this.#call.operation,
      store: this.#store.name,
      outcome,
      ...(type && { errorType: type }),
      durationMs,
      ...(sessionHash && { sessionHash }),
    });
  }

  #endSpan({ outcome, size, expiresAt, durationMs, type, sessionHash, message }: Ended): void {
    const { operation, reason, span, recorder } = this.#call;
    const attributes: Attributes = { [ATTRIBUTE.outcome]: outcome };
    // Assigned one by one: V8 takes fifty times as long to spread parts with names like these.
    if (type) attributes[ATTRIBUTE.errorType] = type;
    if (size !== undefined) attributes[ATTRIBUTE.payloadSize] = size;
    if (expiresAt != null) attributes[ATTRIBUTE.ttl] = Math.round((expiresAt - currentTime()) / 1000);
    if (sessionHash) attributes[ATTRIBUTE.sessionHash] = sessionHash;
    if (reason) attributes[ATTRIBUTE.reason] = reason;
    if (span) endSpan(span, attributes, message);
    recorder?.span({
      name: spanName(operation),
      attributes: { ...this.#labels(), ...attributes },
      ...(message !== undefined && { error: message }),
      durationMs,
    });
  }

  #measure({ outcome, size, durationMs, type }: Ended): void {
    const { meters, recorder } = this.#call;
    const attributes = this.#labels();
    attributes[ATTRIBUTE.outcome] = outcome;
    if (type) attributes[ATTRIBUTE.errorType] = type;
    const value = durationMs / 1000;
    meters?.duration.record(value, attributes);
    recorder?.measure({ metric: METRIC.duration, value, attributes });
    if (size === undefined) return;
    const sized = this.#labels();
    meters?.payloadSize.record(size, sized);
    recorder?.measure({ metric: METRIC.payloadSize, value: size, attributes: sized });
  }

  /** What every span and metric of the call says. */
  #labels(): Attributes {
    return { [ATTRIBUTE.operation]: this.#call.operation, [ATTRIBUTE.storeName]: this.#store.name };
  }
}
