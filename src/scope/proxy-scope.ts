import { SessionError } from '../lib/errors.js';
import { warnOnce } from '../lib/warnings.js';
import type { CookieAttributes } from '../options/cookie-attributes.js';
import { cookieValues } from './cookie-values.js';
import { pathOf, requestAddress } from './request-address.js';
import { responseBegun, responseHead } from './response-head.js';
import { FULL_ACCESS, type Scope } from './scope.js';

/** The part of a NextRequest that is used. */
export interface ProxyRequest {
  readonly headers: Headers;
  readonly url?: string;
  readonly cookies: { get(name: string): { value: string } | undefined };
}

/** The part of a NextResponse that is used. */
export interface ProxyResponse {
  readonly headers: Headers;
  readonly cookies: { set(name: string, value: string, attributes: CookieAttributes): unknown };
}

const OTHER_RESPONSE =
  'proxy set the session cookie on a response that it did not return, so the browser does not get it. Return the response ' +
  'that session(request, response) got, or copy its Set-Cookie headers to the one that you return.';

/**
 * Returns the scope of proxy or Node-runtime middleware. It sets the cookie on the caller's response. All calls with one request
 * share its session, whatever response they are given.
 */
export function proxyScope(request: ProxyRequest, response: ProxyResponse | undefined): Scope {
  const head = responseHead();
  // Nobody can tell when the proxy has returned its response. It has at the latest when the head is sent.
  const begun = () => (head?.isSent ? responseBegun() : null);
  return {
    request,
    readCookies: (name) =>
      cookieValues(name, request.headers.get('cookie'), request.cookies.get(name)?.value),
    writeAccess: () => {
      if (!response) return { kind: 'none', reason: noResponse() };
      const reason = begun();
      return reason ? { kind: 'live-only', reason } : FULL_ACCESS;
    },
    begun,
    setCookie: (name, value, attributes) => {
      response?.cookies.set(name, value, attributes);
      // In production nobody would read it, and the head of each response would be wrapped for it.
      if (process.env.NODE_ENV === 'development')
        head?.expect(name, () => warnOnce(OTHER_RESPONSE, 'sessions.md#protect-pages-in-proxy'));
    },
    address: () => requestAddress(request.headers.get('x-forwarded-proto'), pathOf(request.url)),
  };
}

export function noResponse(): SessionError {
  return new SessionError(
    'ERR_SESSION_NO_RESPONSE',
    'A write in proxy (or middleware) needs the response, for the cookie. Call session(request, response) with ' +
      'the NextResponse that you return.',
  );
}
