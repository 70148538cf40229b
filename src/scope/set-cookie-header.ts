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

/** The part of a ServerResponse that has its headers. */
export interface HeaderHolder {
  getHeader(name: string): number | string | string[] | undefined;
  setHeader(name: string, value: string[]): unknown;
}

/** Sends cookies in place of an earlier one of the same name, and leaves other cookies alone. */
export function replaceCookie(response: HeaderHolder, name: string, cookies: readonly string[]): void {
  const others = cookiesOf(response).filter((header) => !isOf(header, name));
  response.setHeader('Set-Cookie', [...others, ...cookies]);
}

/** Returns whether the response sends a cookie of this name. */
export function hasCookie(response: HeaderHolder, name: string): boolean {
  return cookiesOf(response).some((header) => isOf(header, name));
}

function cookiesOf(response: HeaderHolder): string[] {
  const set = response.getHeader('Set-Cookie') ?? [];
  return Array.isArray(set) ? set : [String(set)];
}

function isOf(header: string, name: string): boolean {
  return header.startsWith(`${name}=`);
}
