import { SessionError } from '../lib/errors.js';
import { findAppScope } from './app-scope.js';
import { findPagesScope, type PagesRequest, type PagesResponse } from './pages-scope.js';
import { findProxyScope, type ProxyRequest, type ProxyResponse } from './proxy-scope.js';
import type { ScopeRef } from './scope.js';

/**
 * Returns the caller's scope. The arguments of `session()` tell which kind it is.
 *
 * @param mock a test's cookie jar, used in place of Next's `cookies()`.
 * @throws ERR_SESSION_OPTIONS for arguments of no known kind.
 */
export function findScope(request: unknown, response: unknown, mock: object | undefined): ScopeRef {
  if (request === undefined) return findAppScope(mock);
  if (isProxyRequest(request) && isProxyResponse(response)) return findProxyScope(request, response);
  if (response === undefined && isFetchRequest(request)) return findAppScope(mock);
  if (isPagesRequest(request) && (response === undefined || isPagesResponse(response))) {
    return findPagesScope(request, response);
  }
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    'Wrong arguments: session() takes nothing in the App Router, (NextRequest, NextResponse) in proxy, and ' +
      '(req, res) in the Pages Router.',
  );
}

function isFetchRequest(value: unknown): boolean {
  return hasMethod(property(value, 'headers'), 'get');
}

function isProxyRequest(value: unknown): value is ProxyRequest {
  return isFetchRequest(value) && hasMethod(property(value, 'cookies'), 'get');
}

function isProxyResponse(value: unknown): value is ProxyResponse {
  return hasMethod(property(value, 'cookies'), 'set');
}

function isPagesRequest(value: unknown): value is PagesRequest {
  return typeof property(value, 'headers') === 'object' && !isFetchRequest(value);
}

function isPagesResponse(value: unknown): value is PagesResponse {
  return hasMethod(value, 'getHeader') && hasMethod(value, 'setHeader');
}

function hasMethod(value: unknown, method: string): boolean {
  return typeof property(value, method) === 'function';
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
