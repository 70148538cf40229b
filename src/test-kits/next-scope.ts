import { modernNext, openRequestStore } from '../../testing/next/next-scope-15.js';
import type { NextPhase } from '../scope/next-context.js';

// The tester's own scope does not have all phases, so this one uses Next's modules directly.
const next = await modernNext();

type KnownPhase = Exclude<NextPhase, 'static' | 'unknown'>;

const PAGES: Record<KnownPhase, string> = {
  render: '/account/page',
  action: '/api/counter/route',
  after: '/api/counter/route',
  'left-over': '/account/page',
  proxy: '/',
};

/** Next's own phase in each of ours, and what it knows of the action. */
const STORE_PHASES = {
  render: 'render',
  action: 'action',
  after: 'after',
  'left-over': 'render',
  proxy: 'action',
} as const satisfies Record<KnownPhase, string>;
const ACTIONS: Partial<Record<KnownPhase, object>> = {
  action: { isAppRoute: true },
  after: { isAppRoute: true },
  'left-over': { isAction: true },
};

/** A route's own settings. */
interface Segment {
  forceStatic?: boolean;
  /** `export const dynamic = 'error'` */
  dynamicShouldError?: boolean;
}

/** One request in Next's own request scope, set up as its server does it. `cookies()` is the real one. */
export class NextScope {
  readonly #store;

  /** @param cookies by name, or as a Cookie header. */
  constructor(cookies: Record<string, string> | string = {}) {
    const cookie =
      typeof cookies === 'string'
        ? cookies
        : Object.entries(cookies)
            .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
            .join('; ');
    this.#store = openRequestStore(next, { pathname: '/account', search: '', headers: { cookie } });
  }

  /** Runs code in a phase of the request. */
  run<T>(phase: KnownPhase, code: () => Promise<T>, segment: Segment = {}): Promise<T> {
    this.#store.phase = STORE_PHASES[phase];
    const work = { page: PAGES[phase], route: PAGES[phase], ...segment };
    const action = ACTIONS[phase];
    return next.work.run(work, () => next.action.run(action, () => next.workUnit.run(this.#store, code)));
  }

  /** Runs code in a function that `unstable_cache` caches, within a render. */
  runCached<T>(code: () => Promise<T>): Promise<T> {
    const unit = { type: 'unstable-cache', phase: 'render' };
    return this.run('render', () => next.workUnit.run(unit, code));
  }

  /** Runs code in a render for a prefetch, which has the cookies and never asks for what is not cached. */
  runPrefetch<T>(code: () => Promise<T>): Promise<T> {
    const { signal: renderSignal } = new AbortController();
    return this.#runUnit({ type: 'prerender-runtime', stagedRendering: null, renderSignal }, code);
  }

  /** Runs code in a function with `use cache: private`, within a render. */
  runPrivateCache<T>(code: () => Promise<T>): Promise<T> {
    return this.#runUnit({ type: 'private-cache' }, code);
  }

  #runUnit<T>(unit: object, code: () => Promise<T>): Promise<T> {
    const { cookies, headers } = this.#store as unknown as Record<'cookies' | 'headers', object>;
    const own = { phase: 'render', cookies, headers, ...unit };
    return this.run('render', () => next.workUnit.run(own, code));
  }

  /** Returns the Set-Cookie headers that Next would send. */
  setCookies(): string[] {
    const headers = new Headers();
    next.appendCookies(headers, this.#store.mutableCookies);
    return headers.getSetCookie();
  }

  /** Returns the cookies that the browser would send next. */
  cookies(): Record<string, string> {
    return Object.fromEntries(
      this.setCookies().map((header) => {
        const [name = '', value = ''] = (header.split(';')[0] ?? '').split(/=(.*)/);
        return [name, decodeURIComponent(value)];
      }),
    );
  }
}
