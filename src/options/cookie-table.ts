import { MAX_COOKIE_AGE_S } from '../record/expiry.js';
import { type Check, check, checkBoolean, type OptionTable } from './check.js';
import type { CookieOptions } from './cookie-options.js';

/** A path of printable ASCII without a semicolon: a header holds nothing else. */
const PATH = /^\/[\x20-\x3a\x3c-\x7e]*$/;
/** Labels of letters, digits and hyphens. Browsers ignore a dot before them. */
const HOST = /^\.?[\w-]+(\.[\w-]+)*$/;

const checkMaxAge: Check = (value) => {
  if (typeof value !== 'number' || !(value >= 1)) {
    return 'give seconds, 1 or more, or leave it out for a cookie that ends with the browser';
  }
  if (value <= MAX_COOKIE_AGE_S) return null;
  return `give seconds, not milliseconds? Browsers keep no cookie for more than 400 days (${MAX_COOKIE_AGE_S})`;
};

const checks = {
  maxAge: checkMaxAge,
  expires: check(isDate, 'give a valid Date, or epoch milliseconds'),
  httpOnly: checkBoolean(),
  path: check(
    (value) => typeof value === 'string' && PATH.test(value),
    "give a path that starts with '/', percent-encoded beyond ASCII",
  ),
  domain: check(
    (value) => value === '' || (typeof value === 'string' && HOST.test(value)),
    "give a host name alone, such as 'example.com', without https://, a port, a path or spaces",
  ),
  secure: checkBoolean('give true or false, or leave it out: it is then true in production'),
  sameSite: check(
    (value) => ['lax', 'strict', 'none', true, false].includes(value as string),
    "use 'lax', 'strict' or 'none'",
  ),
  priority: check(
    (value) => ['low', 'medium', 'high'].includes(value as string),
    "use 'low', 'medium' or 'high'",
  ),
  partitioned: checkBoolean(),
} satisfies Record<keyof CookieOptions, Check>;

const translations = {
  signed: 'Use the secret option',
  overwrite: 'Leave it out: there is one cookie of this name',
  encode: 'Leave it out: session IDs need no encoding',
  originalMaxAge: 'Use maxAge, in seconds',
  expiresIn: 'Use maxAge, in seconds',
  ttl: 'Use maxAge, in seconds',
  name: 'Use the name option',
};

export const COOKIE: OptionTable = { owner: 'Session cookie', prefix: 'cookie.', checks, translations };

function isDate(value: unknown): boolean {
  // By its tag: the Date of another realm is a Date too.
  const isKind =
    value === null || typeof value === 'number' || Object.prototype.toString.call(value) === '[object Date]';
  return isKind && !Number.isNaN(new Date(value as Date | number).getTime());
}
