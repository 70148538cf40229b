import type { CookieAttributes } from '../options/cookie-attributes.js';
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
    },
  };
  return { key: response, open: () => scope };
}
