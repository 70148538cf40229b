import { isObject } from '../lib/json.js';
import { MAX_LIFETIME_S } from '../record/expiry.js';
import { isClass, storeFix } from '../store-contract/store-fix.js';
import { check, checkBoolean, checkFunction, checkNumber, type OptionTable } from './check.js';
import { MAX_NAMES } from './cookie-names.js';
import { isSessionLimit } from './session-limit-options.js';
import type { Options } from './session-options.js';

const MAX_GRACE = 60;
const MIN_BYTES = 1024;
/** No text of Node can be larger. */
const MAX_BYTES = 2 ** 29;

const checkTimeout = checkNumber(
  Number.MIN_VALUE,
  MAX_LIFETIME_S,
  `give a number of seconds, such as 30 * 60, more than 0 and ${MAX_LIFETIME_S} at most, or leave it out`,
);

const checks = {
  name: check(
    (value) => typeof value === 'string' || (Array.isArray(value) && isNames(value)),
    `give a string, or an array of strings, ${MAX_NAMES} at most: the first is set, all are read`,
  ),
  // By `resolveSecrets`, which may put it off.
  secret: () => null,
  encryptionKey: () => null,
  store: (value: unknown) => (typeof value === 'function' && !isClass(value) ? null : storeFix(value)),
  genid: checkFunction('give a function that returns a session ID'),
  cookie: check(isObject, 'give an object, such as { maxAge: 3600 }'),
  idleTimeout: checkTimeout,
  absoluteTimeout: checkTimeout,
  touchAfter: check(
    (value) =>
      typeof value === 'boolean' || (typeof value === 'number' && value >= 0 && value <= MAX_LIFETIME_S),
    `give a number of seconds from 0 to ${MAX_LIFETIME_S}`,
  ),
  user: checkFunction('give a function, such as (data) => data.userId'),
  listed: checkFunction('give a function, such as (data) => data.userId'),
  maxSessions: check(
    (value) => typeof value === 'function' || isSessionLimit(value),
    'give a whole number of at least 1, or a function of the data that returns one, or leave it out for no limit',
  ),
  onSessionLimit: check(
    (value) => value === 'end-oldest' || value === 'refuse',
    "give 'end-oldest' or 'refuse'",
  ),
  regenerateGrace: checkNumber(
    0,
    MAX_GRACE,
    `give seconds, at most ${MAX_GRACE}: an old session ID should end soon`,
  ),
  maxBytes: check(
    (value) =>
      value === null || (Number.isInteger(value) && Number(value) >= MIN_BYTES && Number(value) <= MAX_BYTES),
    `give a whole number of bytes from ${MIN_BYTES} to ${MAX_BYTES}, or null for no limit`,
  ),
  storeTimeout: checkTimeout,
  hashIds: checkBoolean(),
  onEvent: checkFunction('give a function, such as (event) => console.log(event.type)'),
  sessionHash: checkBoolean(),
} satisfies Record<keyof Options, unknown>;

const IN_COOKIE = 'Put it into the cookie option';
const OF_REDIS = 'It is an option of RedisStore';
const SLIDES = 'Leave it out: reads slide the idle timeout (touchAfter), and touch() sends the cookie again';
const SIGNED = 'Leave it out: the secret option signs the session ID in the cookie';

const SECRET = 'Use secret, which may be an array: the first signs, and all of them verify';

/** Those of express-session, iron-session, cookie-session, next-session and Auth.js. */
const translations = {
  rolling: SLIDES,
  renew: SLIDES,
  updateAge: 'Use touchAfter',
  generateSessionToken: 'Use genid',
  saveUninitialized: 'Leave it out: reads create no session, the first write does',
  resave: 'Leave it out: a session is written when it changes',
  autoCommit: 'Leave it out: a write is stored when its promise resolves',
  unset: 'Leave it out, and call destroy() to end a session',
  proxy: 'Leave it out, and set cookie.secure if the default is wrong',
  key: 'Use name',
  cookieName: 'Use name',
  password: SECRET,
  keys: SECRET,
  signed: SIGNED,
  encode: SIGNED,
  decode: SIGNED,
  ttl: 'Use idleTimeout, in seconds, and cookie.maxAge for the cookie',
  timeout: 'Use idleTimeout, in seconds',
  cookieOptions: 'Use cookie',
  maxAge: 'Use cookie.maxAge, in seconds',
  expires: IN_COOKIE,
  httpOnly: IN_COOKIE,
  path: IN_COOKIE,
  domain: IN_COOKIE,
  secure: IN_COOKIE,
  sameSite: IN_COOKIE,
  client: OF_REDIS,
  prefix: OF_REDIS,
  serializer: OF_REDIS,
  nearCache: OF_REDIS,
};

function isNames(value: readonly unknown[]): boolean {
  return value.length <= MAX_NAMES && value.every((name) => typeof name === 'string');
}

export const OPTIONS: OptionTable = { owner: 'Session', prefix: '', checks, translations };
