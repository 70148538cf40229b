import type { CookieAttributes } from '../options/cookie-attributes.js';

/** Returns the Set-Cookie header that Next makes of a cookie. */
export function setCookieHeader(name: string, value: string, attributes: CookieAttributes): string {
  const { path, expires, maxAge, domain, secure, httpOnly, sameSite, partitioned, priority } = attributes;
  // Next adds Expires to a Max-Age, for browsers that know only that.
  const end = maxAge ? new Date(Date.now() + maxAge * 1000) : expires;
  return [
    `${name}=${encodeURIComponent(value)}`,
    `Path=${path}`,
    end && `Expires=${end.toUTCString()}`,
    maxAge !== undefined && `Max-Age=${maxAge}`,
    domain && `Domain=${domain}`,
    secure && 'Secure',
    httpOnly && 'HttpOnly',
    sameSite && `SameSite=${sameSite}`,
    partitioned && 'Partitioned',
    priority && `Priority=${priority}`,
  ]
    .filter(Boolean)
    .join('; ');
}
