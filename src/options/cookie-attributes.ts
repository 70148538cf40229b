import type { OwnLifetime } from '../record/expiry.js';
import { invalidOption } from './invalid-option.js';

/** Attributes of the session cookie, with the names of Next's `cookies().set`. */
export interface CookieOptions {
  /**
   * How long the browser keeps the cookie, in seconds. It is also the default of `idleTimeout`.
   * @default none: the browser keeps the cookie until it closes
   */
  maxAge?: number | undefined;
  /**
   * A fixed date at which the browser drops the cookie, as a Date or in epoch milliseconds. `maxAge` wins
   * over it (RFC 6265, 4.1.2.2).
   * @default none
   */
  expires?: Date | number | null | undefined;
  /** Hides the cookie from scripts in the page (OWASP). @default true */
  httpOnly?: boolean | undefined;
  /** The path that the browser sends the cookie to, with all paths below it. @default '/' */
  path?: string | undefined;
  /** The domain whose hosts all get the cookie. @default none: only the host that set it */
  domain?: string | undefined;
  /**
   * Sends the cookie over https only. Over plain http Safari drops such a cookie on localhost too, and with it one that is
   * partitioned, or whose name begins with `__Host-` or `__Secure-`. Other browsers keep it on localhost.
   * @default true in production, else false
   */
  secure?: boolean | undefined;
  /**
   * Whether the browser sends the cookie with requests from other sites. `true` means `'strict'`; `false`
   * leaves the attribute out: Safari then always sends the cookie, other browsers as with `'lax'`.
   * @default 'lax'
   */
  sameSite?: 'lax' | 'strict' | 'none' | boolean | undefined;
  /** Which cookies Chrome keeps longest when a site has too many. @default none */
  priority?: 'low' | 'medium' | 'high' | undefined;
  /**
   * Keeps a separate cookie for each top-level site that embeds yours (CHIPS). It needs `secure`.
   * @default false
   */
  partitioned?: boolean | undefined;
}

/** The attributes with their defaults, as Next's `cookies().set` takes them. */
export interface CookieAttributes {
  httpOnly: boolean;
  path: string;
  secure: boolean;
  sameSite?: 'lax' | 'strict' | 'none';
  domain?: string;
  maxAge?: number;
  expires?: Date;
  priority?: 'low' | 'medium' | 'high';
  partitioned?: boolean;
}

/** A cookie's name: a token of RFC 9110 (RFC 6265bis, 4.1.1). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Characters that would end an attribute or the header. */
const UNSAFE = /[;\p{Cc}]/u;

/**
 * Returns the attributes with their defaults. Checks them and the name by the rules that browsers apply (RFC
 * 6265bis).
 *
 * @throws ERR_SESSION_OPTIONS for a name or an attribute that browsers would not take.
 */
export function cookieAttributes(name: string, options: CookieOptions): CookieAttributes {
  const { maxAge, expires, domain, priority, partitioned, path = '/', httpOnly = true } = options;
  const secure = options.secure ?? process.env.NODE_ENV === 'production';
  const sameSite = parseSameSite(options.sameSite);
  const attributes: CookieAttributes = {
    httpOnly,
    path,
    secure,
    ...(sameSite && { sameSite }),
    ...(domain && { domain }),
    ...(maxAge !== undefined && { maxAge: parseMaxAge(maxAge) }),
    ...(expires != null && { expires: parseExpires(expires) }),
    ...(priority && { priority }),
    ...(partitioned && { partitioned }),
  };
  checkName(name, attributes);
  checkAttributes(attributes);
  return attributes;
}

/**
 * Returns the attributes for the cookie of a session. Its Max-Age never passes the end of the session.
 *
 * @param own the session's own lifetime.
 * @param endsInMs the milliseconds until the session ends.
 */
export function sentAttributes(
  attributes: CookieAttributes,
  own: OwnLifetime,
  endsInMs: number,
): CookieAttributes {
  if (own === 'browser') return withoutEnd(attributes);
  const maxAge = own ?? attributes.maxAge;
  if (maxAge === undefined) return attributes;
  return { ...attributes, maxAge: Math.max(0, Math.min(maxAge, Math.ceil(endsInMs / 1000))) };
}

/**
 * Returns the attributes that make a browser drop the cookie. They use Expires, because Next loses a Max-Age
 * of 0 when it merges responses.
 */
export function expiredAttributes(attributes: CookieAttributes): CookieAttributes {
  return { ...withoutEnd(attributes), expires: new Date(0) };
}

/** Returns the attributes of a cookie that ends with the browser. */
function withoutEnd({ maxAge: _, expires: __, ...rest }: CookieAttributes): CookieAttributes {
  return rest;
}

function parseSameSite(value: CookieOptions['sameSite']): CookieAttributes['sameSite'] {
  if (value === undefined || value === 'lax') return 'lax';
  if (value === true || value === 'strict') return 'strict';
  if (value === 'none') return 'none';
  if (value === false) return undefined;
  throw invalidOption('cookie.sameSite', "use 'lax', 'strict' or 'none'");
}

function parseMaxAge(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return Math.floor(value);
  throw invalidOption(
    'cookie.maxAge',
    'give seconds, 0 or more, or leave it out for a cookie that ends with the browser',
  );
}

function parseExpires(value: Date | number): Date {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) throw invalidOption('cookie.expires', 'give a valid Date');
  return date;
}

function checkName(name: string, { secure, domain, path }: CookieAttributes): void {
  if (!TOKEN.test(name)) {
    throw invalidOption('name', "use letters, digits and !#$%&'*+-.^_`|~ only (RFC 6265bis, cookie-name)");
  }
  const prefix = /^__(host|secure)-/i.exec(name)?.[0];
  if (!prefix) return;
  if (!secure)
    throw invalidOption('name', `${prefix} needs cookie.secure: true, or browsers drop the cookie`);
  if (prefix.toLowerCase() === '__host-' && (domain !== undefined || path !== '/')) {
    throw invalidOption(
      'name',
      `${prefix} needs cookie.path '/' and no cookie.domain, or browsers drop the cookie`,
    );
  }
}

function checkAttributes({ secure, sameSite, partitioned, domain, path }: CookieAttributes): void {
  if (sameSite === 'none' && !secure) {
    throw invalidOption('cookie.sameSite', "'none' needs cookie.secure: true, or browsers drop the cookie");
  }
  if (partitioned && !secure) {
    throw invalidOption('cookie.partitioned', 'it needs cookie.secure: true, or browsers drop the cookie');
  }
  if (!path.startsWith('/') || UNSAFE.test(path)) {
    throw invalidOption('cookie.path', "give a path that starts with '/'");
  }
  if (domain !== undefined && UNSAFE.test(domain)) throw invalidOption('cookie.domain', 'give a host name');
}
