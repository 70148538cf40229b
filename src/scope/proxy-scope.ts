import type { CookieAttributes } from '../options/cookie-attributes.js';
import { FULL_ACCESS, type Scope, type ScopeRef } from './scope.js';

/** What is used of a NextRequest. */
export interface ProxyRequest {
  readonly headers: Headers;
  readonly cookies: { get(name: string): { value: string } | undefined };
}

/** What is used of a NextResponse. */
export interface ProxyResponse {
  readonly headers: Headers;
  readonly cookies: { set(name: string, value: string, attributes: CookieAttributes): unknown };
}

/** Proxy and Node-runtime middleware: the cookie goes onto the response that the caller returns. */
export function findProxyScope(request: ProxyRequest, response: ProxyResponse): ScopeRef {
  const scope: Scope = {
    request: () => request,
    readCookie: (name) => request.cookies.get(name)?.value,
    writeAccess: () => FULL_ACCESS,
    setCookie: (name, value, attributes) => {
      response.cookies.set(name, value, attributes);
    },
  };
  return { key: response, open: () => scope };
}
