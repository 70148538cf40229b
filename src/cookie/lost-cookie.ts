import { warnInDevelopment, warnOnce } from '../lib/warnings.js';
import type { CookieAttributes } from '../options/cookie-attributes.js';
import type { Scope } from '../scope/scope.js';

const PLAIN_HTTP =
  'a Secure session cookie was set over plain http. Safari drops it on localhost too, other browsers on any other host. ' +
  'Serve over https. If a proxy in front does, let it send x-forwarded-proto: https. For plain http, set ' +
  'cookie: { secure: false }, and a name without __Host- or __Secure-.';

/** Warns once if a browser will not keep the cookie, or not send it where it was set. Says nothing where it is not known. */
export async function warnIfLost(scope: Scope, { secure, path }: CookieAttributes): Promise<void> {
  if (!secure && path === '/') return;
  try {
    const address = await scope.address();
    if (secure && address.isPlainHttp) warnOnce(PLAIN_HTTP, 'deployment.md#the-cookies-name');
    if (!isWithin(path, address.path ?? path)) warnInDevelopment(outside(path), 'reference.md#the-cookie');
  } catch {
    // Next may not know the address, or the URL may be invalid. A warning is no reason to fail.
  }
}

/** Returns whether the browser sends a cookie of this path with a request (RFC 6265, 5.1.4). */
function isWithin(path: string, requested: string): boolean {
  return requested === path || requested.startsWith(path.endsWith('/') ? path : `${path}/`);
}

function outside(path: string): string {
  return (
    `a request outside of ${path} set the session cookie, but the browser sends it to that path alone (cookie.path). ` +
    'Each such request begins a new session. Set a path that all pages with a session are in.'
  );
}
