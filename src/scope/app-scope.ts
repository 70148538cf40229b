import './next-environment.js';
import { cookies, headers } from 'next/headers.js';
import { SessionError } from '../lib/errors.js';
import { property } from '../lib/has-method.js';
import { type MaybePromise, mapMaybe } from '../lib/maybe-promise.js';
import { warnInDevelopment } from '../lib/warnings.js';
import type { CookieAttributes } from '../options/cookie-attributes.js';
import {
  atTopLevel,
  outsideRequest,
  privateCache,
  readOnly,
  responseSent,
  STATIC,
  staticRoute,
} from './app-refusals.js';
import { cookieValues } from './cookie-values.js';
import { isEvaluatingModule } from './module-evaluation.js';
import { type NextContext, type NextPhase, nextContext } from './next-context.js';
import { untilIoIsAllowed, untilNavigation } from './next-io.js';
import { noResponse } from './proxy-scope.js';
import { pathInAppRouter, type RequestAddress, requestAddress, UNKNOWN_ADDRESS } from './request-address.js';
import { type ResponseHead, responseBegun, responseHead } from './response-head.js';
import { FULL_ACCESS, type Scope, type ScopeRef, type WriteAccess } from './scope.js';
import { setCookieHeader } from './set-cookie-header.js';

type Jar = Awaited<ReturnType<typeof cookies>>;

/**
 * Returns the scope of the App Router: of a Server Component, Route Handler, Server Action or `after()`. It
 * uses Next's `cookies()`.
 *
 * @param mock a test's cookie jar, used in place of Next's.
 */
export function findAppScope(mock: object | undefined): ScopeRef {
  // It counts as one request.
  if (mock) return { key: mock, open: () => new AppScope(mock as Jar, mock, null, MOCK) };
  // Next 15 and later return one promise per phase. Next 13 and 14 return the jar itself.
  const given = requestCookies();
  return { key: given, open: () => mapMaybe(nextContext(), (context) => openScope(given, context)) };
}

async function openScope(given: MaybePromise<Jar>, context: NextContext): Promise<Scope> {
  const jar = await given;
  const sent = await headers();
  // What is read of a session is never part of a prerendered or prefetched shell.
  if (context.phase === 'render') await untilIoIsAllowed();
  warnIfStatic(context);
  // A Server Action and the render after it have two jars. So have a handler and its after(). Both share
  // Next's own object of the request. If Next has none, they share that of its headers.
  const request = context.request ?? sent;
  return new AppScope(jar, request, sent.get('cookie'), NEXT);
}

/** @throws ERR_SESSION_NO_REQUEST outside of a request. Next's other errors come from within one, as from a cached function. */
function requestCookies(): MaybePromise<Jar> {
  let given: MaybePromise<Jar>;
  try {
    given = cookies();
  } catch (error) {
    throw OUTSIDE.test(String(error)) ? outsideRequest(error) : error;
  }
  if (isEvaluatingModule()) throw atTopLevel();
  return given;
}

/** Next's error links to a page about this, or in Next 13 names the missing storage. */
const OUTSIDE = /next-dynamic-api-wrong-context|requestAsyncStorage, none available/;

/** Returns whether a call failed because it was made outside of a request. */
export function isOutsideRequest(error: unknown): boolean {
  return SessionError.is(error) && error.code === 'ERR_SESSION_NO_REQUEST';
}

/** What a cookie jar does not tell: the phase and the address of its request, and its response. */
interface PhaseSource {
  phase(): MaybePromise<NextPhase>;
  address(): MaybePromise<RequestAddress>;
  untilNavigation(): MaybePromise<void>;
  /** Returns the head of the response, or undefined if it is unknown. */
  head(): ResponseHead | undefined;
}

const NEXT: PhaseSource = {
  phase: () => mapMaybe(nextContext(), ({ phase }) => phase),
  address: () =>
    mapMaybe(nextContext(), async ({ request }) =>
      requestAddress((await headers()).get('x-forwarded-proto'), pathInAppRouter(request)),
    ),
  untilNavigation: () =>
    mapMaybe(nextContext(), ({ phase, request }) => {
      if (phase !== 'render' && phase !== 'left-over') return;
      if (property(request, 'type') === 'private-cache') throw privateCache();
      return untilNavigation();
    }),
  head: responseHead,
};

const MOCK: PhaseSource = {
  phase: () => 'unknown',
  address: () => UNKNOWN_ADDRESS,
  untilNavigation: () => {},
  head: () => undefined,
};

/** A phase of a request of the App Router. */
class AppScope implements Scope {
  readonly request: object;
  readonly #jar: Jar;
  readonly #header: string | null;
  readonly #source: PhaseSource;
  readonly #head: ResponseHead | undefined;

  /**
   * @param jar shows one cookie of each name, and cookies that this request has set.
   * @param header the Cookie header, which has all that were sent; null if it is not known.
   */
  constructor(jar: Jar, request: object, header: string | null, source: PhaseSource) {
    this.request = request;
    this.#jar = jar;
    this.#header = header;
    this.#source = source;
    this.#head = source.head();
  }

  readCookies(name: string): readonly string[] {
    return cookieValues(name, this.#header, this.#jar.get(name)?.value);
  }

  writeAccess(): MaybePromise<WriteAccess> {
    return mapMaybe(this.#source.phase(), (phase) => this.#accessIn(phase));
  }

  begun(): SessionError | null {
    return this.#head?.isSent ? responseBegun() : null;
  }

  untilNavigation(): MaybePromise<void> {
    return this.#source.untilNavigation();
  }

  setCookie(name: string, value: string, attributes: CookieAttributes): void {
    if (this.#head?.isSent) return;
    this.#jar.set(name, value, attributes);
    this.#head?.set(name, setCookieHeader(name, value, attributes));
    if (!this.#head && this.#source === NEXT)
      warnInDevelopment(UNKNOWN_RESPONSE, 'sessions.md#streams-timers-and-what-nobody-awaits');
  }

  offerCookie(name: string, value: string, attributes: CookieAttributes): (() => void) | undefined {
    return this.#head?.offer(name, setCookieHeader(name, value, attributes));
  }

  address(): MaybePromise<RequestAddress> {
    return this.#source.address();
  }

  #accessIn(phase: NextPhase): WriteAccess {
    if (phase === 'proxy') return { kind: 'none', reason: noResponse() };
    if (phase === 'static') return { kind: 'none', reason: staticRoute() };
    if (phase === 'after') return { kind: 'live-only', reason: responseSent() };
    if (phase === 'left-over') return { kind: 'live-only', reason: responseBegun() };
    // If Next does not tell the phase, the jar tells whether it can be written.
    if (phase !== 'action' && !(phase === 'unknown' && isWritable(this.#jar))) {
      return { kind: 'none', reason: readOnly() };
    }
    const reason = this.begun();
    return reason ? { kind: 'live-only', reason } : FULL_ACCESS;
  }
}

const PROBE = new Error('probe');

/**
 * Returns whether the jar can set cookies, without setting one. A writable jar reads the name, which throws
 * PROBE. A read-only jar throws its own error before that.
 */
function isWritable(jar: Jar): boolean {
  try {
    jar.set({
      get name(): string {
        throw PROBE;
      },
      value: '',
    });
    return true;
  } catch (error) {
    return error === PROBE;
  }
}

/** A static page with a session in its layout may be meant, so it is no error. */
function warnIfStatic({ phase, page }: NextContext): void {
  if (phase === 'static')
    warnInDevelopment(
      `the session is empty in ${page}, which ${STATIC}`,
      'caching.md#static-pages-without-cache-components',
    );
}

const UNKNOWN_RESPONSE =
  'a request set the session cookie, and began before the session module was loaded, as the first request after a start does. ' +
  'If its code awaits each write, all is well. A write that comes after the response has begun would lose its cookie without an ' +
  'error. Import the session module in instrumentation.ts, so that such a write throws from the first request on.';
