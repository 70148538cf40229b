import type { ServerResponse } from 'node:http';
import type { StoreOperation } from '../../src/events/session-event.js';
import { hearWarnings } from '../../src/lib/warnings.js';
import type { ReceivedRequest } from '../../src/local-server/request-overrides.js';
import type { ResolvedOptions } from '../../src/options/options.js';
import type { Store } from '../../src/store-contract/store.js';
import { type TestOverrides, testOverrides } from '../../src/test-seam/test-overrides.js';
import type { FaultRules } from '../faults/fault-rules.js';
import type { StudioClock } from '../faults/studio-clock.js';
import { type StoreWatch, WatchedStore } from '../faults/watched-store.js';
import type { CookieReplacements } from '../sessions/cookie-replacements.js';
import type { KnownSessions } from '../sessions/known-sessions.js';
import type { OpenLinks } from '../sessions/open-links.js';
import type { SessionModules } from '../sessions/session-modules.js';
import type { AppAddress } from './app-address.js';
import { Latencies } from './latency.js';
import { type LoggedRequest, RequestLog } from './request-log.js';
import { RequestSink, runningCall } from './request-sink.js';
import { cookiesSent, cookiesSet, type ProvenCookie } from './session-cookies.js';

/**
 * What Next's development server answers by itself, perhaps below a base path. Shown only if it used the session, as the app's proxy
 * may.
 */
const OF_NEXT = /\/(_next\/|__nextjs_)/;

/** Letters of a path that are kept. */
const MAX_PATH = 500;

/** The parts of the studio that requests go through. */
export interface ObservedParts {
  readonly modules: SessionModules;
  readonly sessions: KnownSessions;
  readonly replacements: CookieReplacements;
  readonly links: OpenLinks;
  readonly address: AppAddress;
  readonly faults: FaultRules;
  readonly clock: StudioClock;
}

/** Sees the requests of the app: what they do with their sessions, and how they end. */
export class RequestObserver {
  readonly log = new RequestLog();
  readonly latencies = new Latencies();
  readonly #around: ObservedParts;
  /** The stores around those of the app, by the name of the session: two of them may share a store. */
  readonly #stores = new WeakMap<Store<object>, Map<string, Store<object>>>();

  constructor(around: ObservedParts) {
    this.#around = around;
    hearWarnings((text, guide) => {
      for (const sink of testOverrides()?.sinks ?? []) {
        if (sink instanceof RequestSink) sink.warned({ text, guide });
      }
    });
  }

  /** Begins a request. Returns the overrides that it runs with. */
  begin(received: ReceivedRequest): TestOverrides {
    const startedAt = performance.now();
    const { request, response } = received;
    this.#around.address.update(request);
    this.#around.links.apply(received);
    this.#around.replacements.apply(received, this.#options());
    const path = pathOf(request.url);
    const logged: LoggedRequest = {
      id: this.log.nextId(),
      method: request.method ?? '',
      path,
      startedAt: Date.now(),
      aheadMs: this.#around.clock.aheadMs,
      state: { is: 'running' },
      cookie: 'none',
      setCookies: [],
      sessions: [],
      calls: [],
      moreCalls: 0,
      events: [],
      warnings: [],
    };
    // Taken now: Next writes into the header what the request sets.
    const { cookie: sent } = request.headers;
    const modules = this.#options();
    this.#addSent(logged, sent, modules);
    const isShown = !OF_NEXT.test(path);
    if (isShown) this.log.put(logged);
    response.once('close', () => {
      // The request may have been the first of its session module.
      const later = this.#options().filter((options) => !modules.includes(options));
      this.#addSent(logged, sent, later);
      this.#end(logged, response, performance.now() - startedAt);
      if (isShown || usedSession(logged)) this.log.put(logged);
    });
    const sink = new RequestSink(logged, startedAt, this.latencies, () => this.log.put(logged));
    const clock = this.#around.clock.override;
    return {
      sinks: [sink],
      ...(clock && { clock }),
      wrapStore: (store, options) => this.#watched(store, options),
    };
  }

  #end(logged: LoggedRequest, response: ServerResponse, durationMs: number): void {
    logged.state = response.writableFinished
      ? { is: 'answered', status: response.statusCode, durationMs }
      : { is: 'aborted', durationMs };
    const header = response.getHeader('set-cookie') ?? [];
    const { shown, proven } = cookiesSet([header].flat().map(String), this.#options());
    logged.setCookies = shown;
    this.#addProven(proven);
    logged.sessions = logged.sessions.filter((handle) => this.#around.sessions.isSession(handle));
  }

  #addSent(logged: LoggedRequest, header: string | undefined, all: readonly ResolvedOptions[]): void {
    const { isSent, proven } = cookiesSent(header, all);
    if (isSent && logged.cookie === 'none') logged.cookie = 'sent';
    this.#addProven(proven);
  }

  #options(): ResolvedOptions[] {
    return this.#around.modules.all.map(({ options }) => options);
  }

  #addProven(proven: readonly ProvenCookie[]): void {
    for (const { name, id } of proven) this.#around.sessions.addId(name, id);
  }

  /** Returns the store around another, always the same: it has a circuit breaker. */
  #watched(store: Store<object>, options: ResolvedOptions): Store<object> {
    this.#around.modules.update(options, store);
    const byName = this.#stores.get(store) ?? new Map<string, Store<object>>();
    this.#stores.set(store, byName);
    const known = byName.get(options.name) ?? new WatchedStore(store, this.#watchOf(options.name));
    byName.set(options.name, known);
    return known;
  }

  #watchOf(name: string): StoreWatch {
    const { sessions, faults, clock } = this.#around;
    return {
      get isClockSet() {
        return clock.override !== undefined;
      },
      intercept<T>(operation: StoreOperation, key: string | null, call: () => T | Promise<T>) {
        const session = key === null ? null : sessions.add(name, key);
        if (session !== null) runningCall()?.isAbout(session);
        const fault = faults.apply({ operation, session });
        if (!fault) return call();
        runningCall()?.isHit();
        return fault.then(call);
      },
      wrote(key: string, record: string) {
        const request = runningCall()?.request.id ?? null;
        sessions.wrote(sessions.add(name, key), { at: Date.now(), request, record });
      },
    };
  }
}

function usedSession({ calls, events }: LoggedRequest): boolean {
  return calls.length > 0 || events.length > 0;
}

/** Returns the path alone: a query may hold what nobody else should see, such as a code of a sign-in. */
function pathOf(url = ''): string {
  return url.split(/[?#]/, 1)[0]?.slice(0, MAX_PATH) ?? '';
}
