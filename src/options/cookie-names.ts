import { invalidOption } from './invalid-option.js';

/** How many names a cookie may have. Each may cost reads, and lists of a user's sessions. */
export const MAX_NAMES = 3;

/** A cookie's name: a token of RFC 9110 (RFC 6265bis, 4.1.1). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The names of a cookie, each once. The first is the one that is set. */
export type CookieNames = readonly [string, ...string[]];

/**
 * Returns the names of the cookie.
 *
 * @throws ERR_SESSION_OPTIONS for one that is no name of a cookie.
 */
export function cookieNames(option: string | readonly string[]): CookieNames {
  const given = [option].flat();
  const at = given.findIndex((name) => !TOKEN.test(name));
  if (at >= 0) {
    const which = Array.isArray(option) ? `name[${at}]` : 'it';
    throw invalidOption(
      'name',
      `${which} ${faultOf(given[at])}. Use letters, digits and !#$%&'*+-.^_\`|~ only (RFC 6265bis, cookie-name)`,
    );
  }
  const [first, ...others] = new Set(given);
  if (first === undefined) throw invalidOption('name', 'an empty array has no name to set');
  return [first, ...others];
}

function faultOf(name = ''): string {
  if (name === '') return 'is empty, often an environment variable that is set to nothing';
  if (name.includes(',')) return 'holds a comma: split it into an array for several names';
  return 'is no name of a cookie';
}

/** Returns the prefix that makes browsers ask more of a cookie (RFC 6265bis, 4.1.3), as it is written; undefined without one. */
export function prefixOf(name: string): string | undefined {
  return /^__(host|secure)-/i.exec(name)?.[0];
}

export function isHostPrefix(prefix: string | undefined): boolean {
  return prefix?.toLowerCase() === '__host-';
}
