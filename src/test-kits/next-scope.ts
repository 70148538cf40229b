import { createRequire } from 'node:module';
import type { NextPhase } from '../scope/next-context.js';

const require = createRequire(import.meta.url);
const { createRequestStoreForAPI } = require('next/dist/server/async-storage/request-store');
const { appendMutableCookies } = require('next/dist/server/web/spec-extension/adapters/request-cookies');
const { workAsyncStorage } = require('next/dist/server/app-render/work-async-storage.external');
const { workUnitAsyncStorage } = require('next/dist/server/app-render/work-unit-async-storage.external');
const { actionAsyncStorage } = require('next/dist/server/app-render/action-async-storage.external');
const { NextRequest } = require('next/server');

const PAGES: Record<NextPhase, string> = {
  render: '/account/page',
  action: '/api/counter/route',
  after: '/api/counter/route',
  proxy: '/',
};

interface Segment {
  forceStatic?: boolean;
  /** `export const dynamic = 'error'` */
  dynamicShouldError?: boolean;
}

/** One request in Next's own request scope, as its server sets it up: `cookies()` is the real one. */
export class NextScope {
  readonly #store;

  constructor(cookies: Record<string, string> = {}) {
    const cookie = Object.entries(cookies)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('; ');
    const request = new NextRequest('http://localhost/account', { headers: { cookie } });
    this.#store = createRequestStoreForAPI(request, request.nextUrl, [], undefined, undefined, undefined);
  }

  /** @param segment what Next notes of a route's own settings. */
  run<T>(phase: NextPhase, code: () => Promise<T>, segment: Segment = {}): Promise<T> {
    this.#store.phase = phase === 'proxy' ? 'action' : phase;
    const work = { page: PAGES[phase], route: PAGES[phase], ...segment };
    const action = phase === 'render' || phase === 'proxy' ? undefined : { isAppRoute: true };
    return workAsyncStorage.run(work, () =>
      actionAsyncStorage.run(action, () => workUnitAsyncStorage.run(this.#store, code)),
    );
  }

  /** The same in a function that `unstable_cache` caches. */
  runCached<T>(code: () => Promise<T>): Promise<T> {
    const unit = { type: 'unstable-cache', phase: 'render' };
    return this.run('render', () => workUnitAsyncStorage.run(unit, code));
  }

  /** The Set-Cookie headers that Next would send. */
  setCookies(): string[] {
    const headers = new Headers();
    appendMutableCookies(headers, this.#store.mutableCookies);
    return headers.getSetCookie();
  }

  /** Cookies as the browser would send them next. */
  cookies(): Record<string, string> {
    return Object.fromEntries(
      this.setCookies().map((header) => {
        const [name = '', value = ''] = (header.split(';')[0] ?? '').split(/=(.*)/);
        return [name, decodeURIComponent(value)];
      }),
    );
  }
}
