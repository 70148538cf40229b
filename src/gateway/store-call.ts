import type { EndReason, RecordSource, StoreOperation, StoreOutcome } from '../events/session-event.js';
import { SessionError } from '../lib/errors.js';
import { isPromiseLike } from '../lib/maybe-promise.js';
import { safeCause } from '../lib/safe-cause.js';
import { recordTime } from '../record/record-time.js';
import { type CallOptions, callOptions, type SessionRecord, type Store } from '../store-contract/store.js';
import { errorType } from '../telemetry/error-type.js';
import type { ObservedCall } from '../telemetry/observed-call.js';
import type { CallEnd } from '../telemetry/telemetry-sink.js';
import { type CallSide, sideOf } from './call-side.js';
import { type Delivery, deliveryOf } from './delivery.js';
import type { Operation } from './operation.js';
import { callFailed, callTimedOut, notSent } from './store-failures.js';

/** How long a call waits before it is sent again, while a slot of a Redis Cluster moves. That takes milliseconds, or seconds. */
const MOVING_PAUSE_MS = 50;

/** The session or user that a call is about. */
export interface CallSubject {
  /** The key of the session or the user. It is kept out of errors. */
  readonly key: string;
  /** What else the store is told, such as other keys and the record. It is kept out of errors, too. */
  readonly told?: readonly unknown[];
  /** The session ID, if the call is about a session and the ID is known. Telemetry may show its hash. */
  readonly id?: string | null;
  /** Why the session ends. */
  readonly reason?: EndReason | undefined;
}

/** The result of a call, as its caller judges it. */
export interface CallResult {
  readonly outcome: StoreOutcome;
  /** The record that was written. */
  readonly record?: SessionRecord | undefined;
  /** The size of the record that was read, in bytes. */
  readonly size?: number | undefined;
  /** When the record that was read expires, epoch milliseconds. `null` if its record has no date. */
  readonly expiresAt?: number | null | undefined;
  /** Where the record was, if not in the system behind the store. */
  readonly source?: RecordSource | undefined;
}

/**
 * A call of the store. Every call goes through this class: telemetry observes it, it has a deadline, it fails
 * with a SessionError, and it is not sent to a store that hangs. The caller runs it, judges what it returned,
 * and ends it.
 *
 * @example
 * const call = new StoreCall(operation, 'get', { key });
 * const found = await call.run((store, options) => store.get(key, options));
 * call.end({ outcome: found ? 'hit' : 'miss' });
 */
export class StoreCall {
  readonly #operation: Operation;
  readonly #name: StoreOperation;
  readonly #side: CallSide;
  readonly #subject: CallSubject;
  readonly #observed: ObservedCall | undefined;
  readonly #startedAt: number;

  constructor(operation: Operation, name: StoreOperation, subject: CallSubject) {
    this.#operation = operation;
    this.#name = name;
    this.#side = sideOf(name);
    this.#subject = subject;
    this.#observed = operation.context.telemetry.begin(operation.open.kinds[name]);
    this.#startedAt = performance.now();
  }

  /**
   * Sends the call. A failure also ends it: do not call `end` then.
   *
   * @throws ERR_SESSION_STORE when the store fails, ERR_SESSION_STORE_TIMEOUT when it hangs or does not
   * answer by the deadline. Of a write that may have taken effect, the error is an `UnknownOutcome`; of a call that was not
   * sent, it is an `UnsentCall`.
   */
  run<T>(send: (store: Store<object>, options: CallOptions) => T | PromiseLike<T>): Promise<T> {
    const observed = this.#observed;
    if (!observed) return this.#guarded(send);
    return observed.run(() => this.#guarded(send)).catch((error) => this.#failed(error));
  }

  /** Tells telemetry how the call ended. */
  end({ outcome, record, size, expiresAt, source }: CallResult): void {
    if (!this.#observed) return;
    const endsAt = record ? recordTime(record.cookie?.expires) : expiresAt;
    this.#tell({
      outcome,
      size: record ? Buffer.byteLength(JSON.stringify(record)) : size,
      ttl: endsAt == null ? undefined : Math.round((endsAt - this.#operation.context.clock.now()) / 1000),
      source,
    });
  }

  #failed(error: Error): never {
    this.#tell({ outcome: 'error', error: { type: errorType(error), message: error.message } });
    throw error;
  }

  #tell(end: Pick<CallEnd, 'outcome' | 'size' | 'ttl' | 'source' | 'error'>): void {
    const { id, reason } = this.#subject;
    const durationMs = performance.now() - this.#startedAt;
    const sessionHash = this.#operation.context.telemetry.hashOf(id);
    this.#observed?.end({ ...end, durationMs, reason, sessionHash });
  }

  /** Sends the call, unless the store hangs. */
  #guarded<T>(send: Send<T>): Promise<T> {
    return this.#operation.open.breaker.isOpen(this.#side) ? this.#afterRecovery(send) : this.#limited(send);
  }

  async #afterRecovery<T>(send: Send<T>): Promise<T> {
    const { breaker, name } = this.#operation.open;
    const options = callOptions(this.#operation.context.clock);
    if (await breaker.allows(this.#side, this.#subject.key, options)) return this.#limited(send);
    throw notSent(this.#name, name, breaker.failure(this.#side));
  }

  #limited<T>(send: Send<T>, sentAt = performance.now()): Promise<T> {
    const { open, deadline } = this.#operation;
    const { breaker, pending, name } = open;
    const sent = this.#sent(send);
    // The store had the value at hand: the system behind it was not asked, so it has not answered.
    if (!isPromiseLike(sent)) return Promise.resolve(sent);
    return new Promise((resolve, reject) => {
      const waiting = {
        deadline,
        giveUp: () => {
          breaker.onTimeout(this.#side, sentAt);
          reject(callTimedOut(this.#name, name));
        },
      };
      pending.add(waiting);
      sent.then(
        (result) => {
          pending.delete(waiting);
          this.#answered();
          resolve(result);
        },
        (error) => {
          pending.delete(waiting);
          const delivery = deliveryOf(error);
          if (delivery === 'moving' && deadline.at - performance.now() > MOVING_PAUSE_MS) {
            setTimeout(() => this.#limited(send, sentAt).then(resolve, reject), MOVING_PAUSE_MS);
            return;
          }
          // Nobody serves these keys, as if the store did not answer.
          if (delivery === 'moving') breaker.onTimeout(this.#side, sentAt);
          if (delivery === 'refused') this.#answered();
          reject(this.#failure(error, delivery));
        },
      );
    });
  }

  #answered(): void {
    const { open, context } = this.#operation;
    open.breaker.onAnswer(this.#side, this.#subject.key, callOptions(context.clock));
  }

  #failure(error: unknown, delivery: Delivery): SessionError {
    const { key, id, told = [] } = this.#subject;
    const causeOf = (thrown: unknown) => safeCause(thrown, key, id, ...told);
    if (SessionError.is(error) && makeSafe(error, causeOf)) return error;
    return callFailed(this.#name, this.#operation.open.name, causeOf(error), delivery);
  }

  /** Calls the store, which may throw instead of rejecting, and may return a plain value. */
  #sent<T>(send: Send<T>): T | PromiseLike<T> {
    const { context, open, deadline } = this.#operation;
    const timeoutMs = deadline.at - performance.now();
    try {
      return send(open.store, { timeoutMs, ...callOptions(context.clock) });
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

/**
 * Makes a SessionError that a store threw safe to show: it keeps its message and its code, but what hangs on it may be the
 * driver's. Returns false if that is impossible.
 */
function makeSafe(error: SessionError, causeOf: (thrown: unknown) => Error): boolean {
  try {
    const { cause } = error;
    for (const key of Object.keys(error)) if (key !== 'code') Reflect.deleteProperty(error, key);
    if (cause !== undefined) Object.defineProperty(error, 'cause', { value: causeOf(cause) });
    return typeof error.message === 'string';
  } catch {
    // It is frozen, or a getter throws.
    return false;
  }
}

type Send<T> = (store: Store<object>, options: CallOptions) => T | PromiseLike<T>;
