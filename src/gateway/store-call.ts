import type { EndReason, RecordSource, StoreOperation, StoreOutcome } from '../events/session-event.js';
import type { Deadline } from '../lib/deadline.js';
import { SessionError } from '../lib/errors.js';
import { isPromiseLike } from '../lib/maybe-promise.js';
import type { PendingCall } from '../lib/pending-calls.js';
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

/** What the answer to a call means, as its caller judges it. */
export interface CallResult<R> {
  /** What the caller gets. */
  readonly value: R;
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

/** Returns the result of a call that worked. */
export function ok<R>(value: R): CallResult<R> {
  return { value, outcome: 'ok' };
}

/** What a call asks of the store. */
export interface CallTask<T, R> {
  send(store: Store<object>, options: CallOptions): T | PromiseLike<T>;
  /** Says what the answer means. */
  judge(answer: T): CallResult<R>;
}

/**
 * Calls the store. Every call goes through this function: telemetry observes it, it has a deadline, it fails with a SessionError, and
 * it is not sent to a store that hangs.
 *
 * @throws ERR_SESSION_STORE when the store fails, ERR_SESSION_STORE_TIMEOUT when it hangs or does not answer by the deadline. Of a
 * write that may have taken effect, the error is an `UnknownOutcome`; of a call that was not sent, it is an `UnsentCall`.
 * @example
 * const record = await callStore(operation, 'get', { key }, {
 *   send: (store, options) => store.get(key, options),
 *   judge: (found) => ({ value: found, outcome: found ? 'hit' : 'miss' }),
 * });
 */
export function callStore<T, R>(
  operation: Operation,
  name: StoreOperation,
  subject: CallSubject,
  task: CallTask<T, R>,
): Promise<R> {
  const observed = operation.context.telemetry.begin(operation.open.kinds[name]);
  const call = new StoreCall(operation, name, subject, task, observed);
  return observed ? observed.run(() => call.run()).catch((error) => call.failed(error)) : call.run();
}

class StoreCall<T, R> implements PendingCall {
  readonly #operation: Operation;
  readonly #name: StoreOperation;
  readonly #side: CallSide;
  readonly #subject: CallSubject;
  readonly #task: CallTask<T, R>;
  readonly #observed: ObservedCall | undefined;
  readonly #startedAt = performance.now();
  #sentAt = 0;
  #resolve!: (value: R) => void;
  #reject!: (error: unknown) => void;

  constructor(
    operation: Operation,
    name: StoreOperation,
    subject: CallSubject,
    task: CallTask<T, R>,
    observed: ObservedCall | undefined,
  ) {
    this.#operation = operation;
    this.#name = name;
    this.#side = sideOf(name);
    this.#subject = subject;
    this.#task = task;
    this.#observed = observed;
  }

  get deadline(): Deadline {
    return this.#operation.deadline;
  }

  /** Sends the call, unless the store hangs. */
  run(): Promise<R> {
    return this.#operation.open.breaker.isOpen(this.#side)
      ? this.#afterRecovery()
      : this.#start(this.#startedAt);
  }

  giveUp(): void {
    const { breaker, name } = this.#operation.open;
    breaker.onTimeout(this.#side, this.#sentAt);
    this.#reject(callTimedOut(this.#name, name));
  }

  failed(error: Error): never {
    this.#tell({ outcome: 'error', error: { type: errorType(error), message: error.message } });
    throw error;
  }

  async #afterRecovery(): Promise<R> {
    const { open, context } = this.#operation;
    const { breaker, name } = open;
    if (await breaker.allows(this.#side, this.#subject.key, context.clock))
      return this.#start(performance.now());
    throw notSent(this.#name, name, breaker.failure(this.#side));
  }

  #start(now: number): Promise<R> {
    this.#sentAt = now;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#send(now);
    });
  }

  /** Not async: each promise counts on this path. */
  #send(now: number): void {
    const { context, open, deadline } = this.#operation;
    let answer: Promise<T>;
    // The store may throw instead of rejecting, and what it returns may throw when it is looked at.
    try {
      const options = { timeoutMs: deadline.at - now, ...callOptions(context.clock) };
      const returned = this.#task.send(open.store, options);
      // The store had the value at hand: the system behind it was not asked, so it has not answered.
      if (!isPromiseLike(returned)) return void this.#end(returned);
      answer = Promise.resolve(returned);
    } catch (error) {
      answer = Promise.reject(error);
    }
    this.#wait(answer);
  }

  #wait(answer: Promise<T>): void {
    this.#operation.open.pending.add(this);
    answer.then(
      (answer) => {
        const isAwaited = this.#operation.open.pending.delete(this);
        // What was near shows nothing of the system behind the store.
        if (!isAwaited || this.#end(answer) === undefined) this.#answered();
      },
      (error) => {
        this.#operation.open.pending.delete(this);
        this.#fail(error);
      },
    );
  }

  /** Returns where the record was, if not in the system behind the store. The answer may throw when it is looked at. */
  #end(answer: T): RecordSource | undefined {
    try {
      const result = this.#task.judge(answer);
      if (this.#observed) this.#tellResult(result);
      this.#resolve(result.value);
      return result.source;
    } catch (error) {
      this.#reject(this.#failure(error, 'unknown'));
      return undefined;
    }
  }

  #fail(error: unknown): void {
    const delivery = deliveryOf(error);
    if (delivery === 'moving' && this.deadline.at - performance.now() > MOVING_PAUSE_MS) {
      setTimeout(() => this.#send(performance.now()), MOVING_PAUSE_MS);
      return;
    }
    // Nobody serves these keys, as if the store did not answer.
    if (delivery === 'moving') this.#operation.open.breaker.onTimeout(this.#side, this.#sentAt);
    if (delivery === 'refused') this.#answered();
    this.#reject(this.#failure(error, delivery));
  }

  #answered(): void {
    const { open, context } = this.#operation;
    open.breaker.onAnswer(this.#side, this.#subject.key, context.clock);
  }

  #failure(error: unknown, delivery: Delivery): SessionError {
    const { key, id, told = [] } = this.#subject;
    const causeOf = (thrown: unknown) => safeCause(thrown, key, id, ...told);
    if (SessionError.is(error) && makeSafe(error, causeOf)) return error;
    return callFailed(this.#name, this.#operation.open.name, causeOf(error), delivery);
  }

  /** Tells telemetry how the call ended. */
  #tellResult({ outcome, record, size, expiresAt, source }: CallResult<R>): void {
    const endsAt = record ? recordTime(record.cookie?.expires) : expiresAt;
    this.#tell({
      outcome,
      size: record ? Buffer.byteLength(JSON.stringify(record)) : size,
      ttl: endsAt == null ? undefined : Math.round((endsAt - this.#operation.context.clock.now()) / 1000),
      source,
    });
  }

  #tell(end: Pick<CallEnd, 'outcome' | 'size' | 'ttl' | 'source' | 'error'>): void {
    const { id, reason } = this.#subject;
    const durationMs = performance.now() - this.#startedAt;
    const sessionHash = this.#operation.context.telemetry.hashOf(id);
    this.#observed?.end({ ...end, durationMs, reason, sessionHash });
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
