/** The part of a ServerResponse that has its headers. */
export interface HeaderHolder {
  getHeader(name: string): number | string | string[] | undefined;
  setHeader(name: string, value: string[]): unknown;
}

/** Sends a cookie in place of an earlier one of the same name, and leaves other cookies alone. */
export function replaceCookie(response: HeaderHolder, name: string, cookie: string): void {
  response.setHeader('Set-Cookie', [...withoutCookie(response, name), cookie]);
}

/** Returns the other cookies that the response sends. */
export function withoutCookie(response: HeaderHolder, name: string): string[] {
  return (cookiesOn(response) ?? []).filter((header) => !isNamed(header, name));
}

/** Returns whether the response sends a cookie of this name. */
export function hasCookie(response: HeaderHolder, name: string): boolean {
  return cookiesOn(response)?.some((header) => isNamed(header, name)) ?? false;
}

/** Returns the Set-Cookie headers of the response. Returns undefined if it has none, or they were removed. */
export function cookiesOn(response: HeaderHolder): string[] | undefined {
  const set = response.getHeader('Set-Cookie');
  return Array.isArray(set) || set === undefined ? set : [String(set)];
}

/** Returns whether a Set-Cookie header is for a cookie of this name. */
export function isNamed(header: string, name: string): boolean {
  return header.startsWith(`${name}=`);
}
