import type { OwnLifetime } from '../record/expiry.js';
import { checkOptions } from './check.js';
import { isHostPrefix, prefixOf } from './cookie-names.js';
import type { CookieOptions } from './cookie-options.js';
import { COOKIE } from './cookie-table.js';
import { invalidOption } from './invalid-option.js';

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

/**
 * Returns the attributes with their defaults. Checks them and the name by the rules that browsers apply (RFC
 * 6265bis).
 *
 * @throws ERR_SESSION_OPTIONS for a name or an attribute that browsers would not take, or that does not exist.
 */
export function cookieAttributes(name: string, options: CookieOptions): CookieAttributes {
  checkOptions(COOKIE, options);
  const { maxAge, expires, domain, priority, partitioned, path = '/', httpOnly = true } = options;
  const secure = options.secure ?? process.env.NODE_ENV === 'production';
  const sameSite = sameSiteOf(options.sameSite);
  const attributes: CookieAttributes = {
    httpOnly,
    path,
    secure,
    ...(sameSite && { sameSite }),
    ...(domain && { domain }),
    ...(maxAge !== undefined && { maxAge: Math.floor(maxAge) }),
    ...(expires != null && { expires: new Date(expires) }),
    ...(priority && { priority }),
    ...(partitioned && { partitioned }),
  };
  checkName(name, attributes);
  checkSecure(attributes);
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
 * Returns the attributes that make a browser drop the cookie of this name. They use Expires, because Next loses a Max-Age
 * of 0 when it merges responses. A former name may have a prefix that the options do not fit: browsers ask for it here too.
 */
export function expiredAttributes(name: string, attributes: CookieAttributes): CookieAttributes {
  const { domain, ...hostOnly } = { ...withoutEnd(attributes), expires: new Date(0) };
  const prefix = prefixOf(name);
  if (isHostPrefix(prefix)) return { ...hostOnly, secure: true, path: '/' };
  return { ...hostOnly, ...(prefix && { secure: true }), ...(domain && { domain }) };
}

/** Returns the attributes of a cookie that ends with the browser. */
function withoutEnd({ maxAge: _, expires: __, ...rest }: CookieAttributes): CookieAttributes {
  return rest;
}

function sameSiteOf(value: CookieOptions['sameSite'] = 'lax'): CookieAttributes['sameSite'] {
  if (value === false) return undefined;
  return value === true ? 'strict' : value;
}

function checkName(name: string, { secure, domain, path }: CookieAttributes): void {
  const prefix = prefixOf(name);
  if (!prefix) return;
  if (!secure)
    throw invalidOption(
      'name',
      `${prefix} needs cookie.secure: true, or browsers drop the cookie. That is the default only in production. Set it, or take a name without ${prefix} here`,
    );
  if (isHostPrefix(prefix) && (domain !== undefined || path !== '/')) {
    throw invalidOption(
      'name',
      `${prefix} needs cookie.path '/' and no cookie.domain, or browsers drop the cookie`,
    );
  }
}

function checkSecure({ secure, sameSite, partitioned }: CookieAttributes): void {
  if (sameSite === 'none' && !secure) {
    throw invalidOption('cookie.sameSite', "'none' needs cookie.secure: true, or browsers drop the cookie");
  }
  if (partitioned && !secure) {
    throw invalidOption('cookie.partitioned', 'it needs cookie.secure: true, or browsers drop the cookie');
  }
}
