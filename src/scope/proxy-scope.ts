import { warnOnce } from '../lib/warnings.js';
import type { CookieAttributes } from '../options/cookie-attributes.js';
import { responseHead } from './response-head.js';
import { FULL_ACCESS, type Scope, type ScopeRef } from './scope.js';

/** The part of a NextRequest that is used. */
export interface ProxyRequest {
  readonly headers: Headers;
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

/** Returns the scope of proxy or Node-runtime middleware. It sets the cookie on the caller's response. */
export function findProxyScope(request: ProxyRequest, response: ProxyResponse): ScopeRef {
  const scope: Scope = {
    request: () => request,
    readCookie: (name) => request.cookies.get(name)?.value,
    writeAccess: () => FULL_ACCESS,
    // Nobody can tell when the proxy has returned its response.
    begun: () => null,
    setCookie: (name, value, attributes) => {
      response.cookies.set(name, value, attributes);
      if (process.env.NODE_ENV !== 'development') return;
      responseHead()?.expect(name, () => warnOnce(OTHER_RESPONSE));
    },
  };
  return { key: response, open: () => scope };
}
