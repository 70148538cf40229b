import { errorType } from './error-type.js';
import type { EventHook } from './event-hook.js';
import {
  type Attributes,
  endSpan,
  type Instruments,
  instruments,
  type Span,
  storeSpanStarter,
  withinSpan,
} from './open-telemetry.js';
import type { StoreOperation, StoreOutcome } from './session-event.js';
import { ATTRIBUTE } from './telemetry-names.js';

/** What a store call's result tells beside its value. */
export interface StoreReport {
  readonly outcome: StoreOutcome;
  /** Bytes of the record. */
  readonly size?: number | undefined;
  /** Epoch milliseconds. */
  readonly expiresAt?: number | null | undefined;
}

/** The hash that an app asked for, of a session ID. */
export type HashOf = (id: string) => { readonly sessionHash?: string };

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
  observe(operation: StoreOperation, id: string): StoreObservation | undefined {
    const span = this.#startSpan(operation);
    const meters = instruments();
    if (!span && !meters && !this.hook) return undefined;
    return new StoreObservation(this, operation, id, span, meters);
  }
}

/** One store call under way. */
export class StoreObservation {
  readonly #store: ObservedStore;
  readonly #operation: StoreOperation;
  readonly #id: string;
  readonly #span: Span | undefined;
  readonly #meters: Instruments | undefined;
  readonly #startedAt = performance.now();

  constructor(
    store: ObservedStore,
    operation: StoreOperation,
    id: string,
    span: Span | undefined,
    meters: Instruments | undefined,
  ) {
    this.#store = store;
    this.#operation = operation;
    this.#id = id;
    this.#span = span;
    this.#meters = meters;
  }

  /** Runs the call, with the driver's spans as children of its own. */
  run<T>(call: () => T): T {
    return this.#span ? withinSpan(this.#span, call) : call();
  }

  succeeded(report: StoreReport): void {
    this.#end(report);
  }

  failed(error: Error): void {
    this.#end({ outcome: 'error' }, error);
  }

  #end({ outcome, size, expiresAt }: StoreReport, error?: Error): void {
    const durationMs = performance.now() - this.#startedAt;
    const { name, hook, hashOf } = this.#store;
    const type = error && errorType(error);
    const labels: Attributes = { [ATTRIBUTE.outcome]: outcome, ...(type && { [ATTRIBUTE.errorType]: type }) };
    if (this.#span) {
      const { sessionHash } = hashOf(this.#id);
      const attributes: Attributes = {
        ...labels,
        ...(size !== undefined && { [ATTRIBUTE.payloadSize]: size }),
        ...(expiresAt != null && { [ATTRIBUTE.ttl]: Math.round((expiresAt - Date.now()) / 1000) }),
        ...(sessionHash && { [ATTRIBUTE.sessionHash]: sessionHash }),
      };
      endSpan(this.#span, attributes, error?.message);
    }
    if (this.#meters) {
      const call = { [ATTRIBUTE.operation]: this.#operation, [ATTRIBUTE.storeName]: name };
      this.#meters.duration.record(durationMs / 1000, { ...call, ...labels });
      if (size !== undefined) this.#meters.payloadSize.record(size, call);
    }
    hook?.emit({
      type: 'store_call',
      operation: this.#operation,
      store: name,
      outcome,
      ...(type && { errorType: type }),
      durationMs,
      ...hashOf(this.#id),
    });
  }
}
