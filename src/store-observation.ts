import { errorType } from './error-type.js';
import type { EventHook } from './event-hook.js';
import {
  endSpan,
  type Instruments,
  instruments,
  type Span,
  sdkFailed,
  storeSpanStarter,
  withinSpan,
} from './open-telemetry.js';
import type { EndReason, StoreOperation, StoreOutcome } from './session-event.js';
import { currentTime, surroundings } from './surroundings.js';
import { ATTRIBUTE, METRIC, spanName } from './telemetry-names.js';
import type { TelemetryRecorder } from './telemetry-recorder.js';

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
    const { operation, reason, span, meters, recorder } = this.#call;
    const { name: store, hook, hashOf } = this.#store;
    const type = error && errorType(error);
    const call = { [ATTRIBUTE.operation]: operation, [ATTRIBUTE.storeName]: store };
    const ended = { [ATTRIBUTE.outcome]: outcome, ...(type && { [ATTRIBUTE.errorType]: type }) };
    const hash = span || recorder || hook ? hashOf(this.#call.id) : {};
    hook?.emit({
      type: 'store_call',
      operation,
      store,
      outcome,
      ...(type && { errorType: type }),
      durationMs,
      ...hash,
    });
    if (span || recorder) {
      const attributes = {
        ...ended,
        ...(size !== undefined && { [ATTRIBUTE.payloadSize]: size }),
        ...(expiresAt != null && { [ATTRIBUTE.ttl]: Math.round((expiresAt - currentTime()) / 1000) }),
        ...(hash.sessionHash && { [ATTRIBUTE.sessionHash]: hash.sessionHash }),
        ...(reason && { [ATTRIBUTE.reason]: reason }),
      };
      if (span) endSpan(span, attributes, error?.message);
      recorder?.span({
        name: spanName(operation),
        attributes: { ...call, ...attributes },
        ...(error && { error: error.message }),
        durationMs,
      });
    }
    const measured = { ...call, ...ended };
    meters?.duration.record(durationMs / 1000, measured);
    recorder?.measure({ metric: METRIC.duration, value: durationMs / 1000, attributes: measured });
    if (size !== undefined) {
      meters?.payloadSize.record(size, call);
      recorder?.measure({ metric: METRIC.payloadSize, value: size, attributes: call });
    }
  }
}
