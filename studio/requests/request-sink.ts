import { AsyncLocalStorage } from 'node:async_hooks';
import type { LifeEvent } from '../../src/events/session-event.js';
import type { CallEnd, CallKind, SinkCall, TelemetrySink } from '../../src/telemetry/telemetry-sink.js';
import type { SeenCall, SeenWarning } from '../seen/seen-request.js';
import type { Latencies } from './latency.js';
import type { LoggedRequest } from './request-log.js';

/** A request in a loop must not fill the memory. */
const MAX_CALLS = 200;

/** The call that runs. A wrapper of the store finds it here, and says which session it is about. */
const running = new AsyncLocalStorage<RunningCall>();

/** Returns the store call of a request that runs, if it is in the log. */
export function runningCall(): RunningCall | undefined {
  return running.getStore();
}

/** The sink of one request: what its session does goes into the log. */
export class RequestSink implements TelemetrySink {
  readonly #request: LoggedRequest;
  readonly #startedAt: number;
  readonly #latencies: Latencies;
  readonly #changed: () => void;

  /** @param startedAt by `performance.now()`. */
  constructor(request: LoggedRequest, startedAt: number, latencies: Latencies, changed: () => void) {
    this.#request = request;
    this.#startedAt = startedAt;
    this.#latencies = latencies;
    this.#changed = changed;
  }

  begin(kind: CallKind): SinkCall {
    const call = new RunningCall(
      this.#request,
      callOf(kind, this.#elapsed()),
      this.#latencies,
      this.#changed,
    );
    this.#changed();
    return call;
  }

  event(event: LifeEvent): void {
    const seen = { ...event, atMs: this.#elapsed() };
    const { events } = this.#request;
    if (events.length < MAX_CALLS) this.#request.events = [...events, seen];
    if (event.type === 'cookie_rejected') this.#request.cookie = 'refused';
    this.#changed();
  }

  /** Records a warning of the library that came while the request ran. */
  warned(warning: SeenWarning): void {
    this.#request.warnings = [...this.#request.warnings, warning];
    this.#changed();
  }

  #elapsed(): number {
    return performance.now() - this.#startedAt;
  }
}

/** A call of the store, or a refresh, that runs. */
export class RunningCall implements SinkCall {
  readonly request: LoggedRequest;
  readonly #latencies: Latencies;
  readonly #changed: () => void;
  #seen: SeenCall;

  constructor(request: LoggedRequest, seen: SeenCall, latencies: Latencies, changed: () => void) {
    this.request = request;
    this.#seen = seen;
    this.#latencies = latencies;
    this.#changed = changed;
    if (request.calls.length < MAX_CALLS) request.calls = [...request.calls, seen];
    else request.moreCalls += 1;
  }

  run<T>(call: () => T): T {
    return running.run(this, call);
  }

  /** Says which session the call is about. */
  isAbout(session: string): void {
    this.#replace({ ...this.#seen, session });
    if (!this.request.sessions.includes(session)) {
      this.request.sessions = [...this.request.sessions, session];
    }
  }

  /** Says that a fault of the studio hits the call. */
  isHit(): void {
    this.#replace({ ...this.#seen, isFaulted: true });
  }

  end({ outcome, durationMs, size, ttl, source, error }: CallEnd): void {
    this.#latencies.add(this.#seen.operation, outcome, durationMs);
    this.#replace({ ...this.#seen, end: { outcome, durationMs, size, ttl, source, errorType: error?.type } });
    this.#changed();
  }

  #replace(next: SeenCall): void {
    const before = this.#seen;
    this.request.calls = this.request.calls.map((call) => (call === before ? next : call));
    this.#seen = next;
  }
}

function callOf({ event }: CallKind, atMs: number): SeenCall {
  return event.type === 'refresh'
    ? { operation: 'refresh', store: null, session: null, atMs, isFaulted: false, end: null }
    : { operation: event.operation, store: event.store, session: null, atMs, isFaulted: false, end: null };
}
