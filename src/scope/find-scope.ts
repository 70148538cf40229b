import { SessionError } from '../lib/errors.js';
import { hasMethod, property } from '../lib/has-method.js';
import { mapMaybe } from '../lib/maybe-promise.js';
import { findAppScope } from './app-scope.js';
import { nextContext } from './next-context.js';
import { findPagesScope, type PagesRequest, type PagesResponse } from './pages-scope.js';
import { type ProxyRequest, type ProxyResponse, proxyScope } from './proxy-scope.js';
import type { ScopeRef } from './scope.js';

/**
 * Returns the caller's scope. The arguments of `session()` tell which kind it is.
 *
 * @param mock a test's cookie jar, used in place of Next's `cookies()`.
 * @throws ERR_SESSION_OPTIONS for arguments of no known kind.
 */
export function findScope(request: unknown, response: unknown, mock: object | undefined): ScopeRef {
  if (request === undefined) return findAppScope(mock);
  if (isProxyRequest(request) && isProxyResponse(response)) {
    return { open: () => proxyScope(request, response) };
  }
  if (isProxyRequest(request) && response === undefined && !mock) return findRequestScope(request);
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

/** Returns the scope of a NextRequest: of proxy, or of a Route Handler. Only Next knows in which of them the caller is. */
function findRequestScope(request: ProxyRequest): ScopeRef {
  return {
    open: () =>
      mapMaybe(nextContext(), ({ phase }) =>
        phase === 'proxy' ? proxyScope(request, undefined) : findAppScope(undefined).open(),
      ),
  };
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
