import { invalidOption } from './invalid-option.js';

/** Attributes of the session cookie, named as Next's `cookies().set` names them. */
export interface CookieOptions {
  /**
   * How long the browser keeps the cookie, in seconds; without it, until the browser closes. It is also the
   * default of `idleTimeout`.
   */
  maxAge?: number | undefined;
  /** A fixed date at which the browser drops the cookie. `maxAge` wins over it (RFC 6265bis 5.5). */
  expires?: Date | number | null | undefined;
  /** Keeps the cookie from scripts. @default true */
  httpOnly?: boolean | undefined;
  /** @default '/' */
  path?: string | undefined;
  domain?: string | undefined;
  /** Sent over https only. @default true in production */
  secure?: boolean | undefined;
  /** @default 'lax' */
  sameSite?: 'lax' | 'strict' | 'none' | boolean | undefined;
  priority?: 'low' | 'medium' | 'high' | undefined;
  partitioned?: boolean | undefined;
}

/** The attributes with their defaults, as they are handed to Next. */
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

/** RFC 6265bis 4.1.1: a cookie's name is a token of RFC 9110. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What would end an attribute or the header. */
const UNSAFE = /[;\p{Cc}]/u;

/** Checks name and attributes by the rules that browsers apply (RFC 6265bis), and fills in the defaults. */
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
 * The attributes to send a session's cookie with: its Max-Age is the session's own (`maxAge`) or the options',
 * and never outlives the absolute timeout (`endsInMs`).
 */
export function sentAttributes(
  attributes: CookieAttributes,
  maxAge: number | null,
  endsInMs: number,
): CookieAttributes {
  const lifetime = maxAge ?? attributes.maxAge;
  if (lifetime === undefined) return attributes;
  return { ...attributes, maxAge: Math.max(0, Math.min(lifetime, Math.ceil(endsInMs / 1000))) };
}

/**
 * The attributes that make a browser drop the cookie. By Expires, not Max-Age=0: Next reads Set-Cookie back in
 * when it merges responses, and loses a Max-Age of 0 there.
 */
export function expiredAttributes(attributes: CookieAttributes): CookieAttributes {
  const { maxAge: _, ...rest } = attributes;
  return { ...rest, expires: new Date(0) };
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
