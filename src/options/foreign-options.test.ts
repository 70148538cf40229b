import { describe, expect, it } from 'vitest';
import { SessionError } from '../lib/errors.js';
import { nextAppSession } from '../next-app-session.js';
import { promisifyStore } from '../stores/express/promisify-store.js';
import { MemoryStore } from '../stores/memory/memory-store.js';
import { PlainStore } from '../test-kits/spy-store.js';
import type { Options } from './options.js';

function failure(act: () => unknown): SessionError {
  try {
    act();
  } catch (error) {
    if (SessionError.is(error) && error.code === 'ERR_SESSION_OPTIONS') return error;
    throw error;
  }
  throw new Error('Expected ERR_SESSION_OPTIONS.');
}

const WEEK_MS = 7 * 86_400_000;

/** What passed without a word. Each message names the option and holds these words. */
const REFUSED: readonly [options: object, ...words: string[]][] = [
  // Wrong types.
  [{ cookie: { secure: 'false' } }, 'cookie.secure', 'true or false'],
  [{ cookie: { secure: 'auto' } }, 'cookie.secure', 'true in production'],
  [{ cookie: { secure: 0 } }, 'cookie.secure', 'true or false'],
  [{ cookie: { secure: null } }, 'cookie.secure', 'true or false'],
  [{ cookie: { httpOnly: 'yes' } }, 'cookie.httpOnly', 'true or false'],
  [{ cookie: { partitioned: 'true', secure: true } }, 'cookie.partitioned', 'true or false'],
  [{ cookie: { priority: 'urgent' } }, 'cookie.priority', "'low', 'medium' or 'high'"],
  [{ cookie: { sameSite: 'LAX' } }, 'cookie.sameSite', "'lax'"],
  [{ cookie: () => ({ secure: true }) }, 'option cookie:', 'object'],
  [{ cookie: null }, 'option cookie:', 'object'],
  [{ cookie: ['maxAge'] }, 'option cookie:', 'object'],
  [{ cookie: 'sid' }, 'option cookie:', 'object'],
  [{ hashIds: 'false' }, 'hashIds', 'true or false'],
  [{ hashIds: 0 }, 'hashIds', 'true or false'],
  [{ sessionHash: 'no', secret: 'a secret' }, 'sessionHash', 'true or false'],
  [{ touchAfter: '60' }, 'touchAfter', 'seconds'],
  [{ touchAfter: null }, 'touchAfter', 'seconds'],
  [{ idleTimeout: '1h' }, 'idleTimeout', 'seconds'],
  [{ idleTimeout: null }, 'idleTimeout', 'leave it out'],
  [{ storeTimeout: Number.NaN }, 'storeTimeout', 'seconds'],
  [{ regenerateGrace: 61 }, 'regenerateGrace', 'at most 60'],
  [{ regenerateGrace: '5' }, 'regenerateGrace', 'seconds'],
  [{ name: ['sid', 7] }, 'name', 'string'],
  [{ name: null }, 'name', 'string'],
  [{ secret: null }, 'secret', 'environment variable'],
  [{ secret: () => 'a secret' }, 'secret', 'environment variable'],
  [{ genid: null }, 'genid', 'function'],
  [{ user: 'userId' }, 'user', 'function'],
  [{ listed: ['device'] }, 'listed', 'function'],
  [{ store: Promise.resolve(new MemoryStore()) }, 'store', 'function that makes one'],
  [{ store: 'redis://localhost' }, 'store', 'get, set and destroy'],
  // Wrong values of the cookie.
  [{ cookie: { maxAge: WEEK_MS } }, 'cookie.maxAge', 'not milliseconds?', '400 days'],
  [{ cookie: { maxAge: 400 * 86_400 + 1 } }, 'cookie.maxAge', '400 days'],
  [{ cookie: { maxAge: Number.POSITIVE_INFINITY } }, 'cookie.maxAge', '400 days'],
  [{ cookie: { maxAge: 0 } }, 'cookie.maxAge', '1 or more'],
  [{ cookie: { maxAge: 0.5 } }, 'cookie.maxAge', '1 or more'],
  [{ cookie: { maxAge: -1 } }, 'cookie.maxAge', '1 or more'],
  [{ cookie: { maxAge: Number.NaN } }, 'cookie.maxAge', '1 or more'],
  [{ cookie: { maxAge: null } }, 'cookie.maxAge', 'leave it out'],
  [{ cookie: { maxAge: '7d' } }, 'cookie.maxAge', 'seconds'],
  [{ cookie: { expires: '2030-01-01' } }, 'cookie.expires', 'Date'],
  [{ cookie: { expires: true } }, 'cookie.expires', 'Date'],
  [{ cookie: new Map([['maxAge', 60]]) }, 'cookie', 'give an object'],
  [{ cookie: { path: '/日本' } }, 'cookie.path', 'percent-encoded'],
  [{ secret: new Array(1) }, 'secret', 'empty'],
  [{ secret: ' ' }, 'secret', 'empty'],
  [{ cookie: { domain: 'https://example.com' } }, 'cookie.domain', 'https://'],
  [{ cookie: { domain: 'example.com:3000' } }, 'cookie.domain', 'a port'],
  [{ cookie: { domain: 'example.com/app' } }, 'cookie.domain', 'a path'],
  [{ cookie: { domain: 'example .com' } }, 'cookie.domain', 'spaces'],
  [{ cookie: { domain: ['example.com'] } }, 'cookie.domain', 'host name'],
  [{ cookie: { path: 'app' } }, 'cookie.path', "starts with '/'"],
  [{ cookie: { path: '' } }, 'cookie.path', "starts with '/'"],
  [{ cookie: { path: 7 } }, 'cookie.path', "starts with '/'"],
  // Options of express-session.
  [{ rolling: true }, 'rolling', 'touchAfter', 'touch()'],
  [{ saveUninitialized: false }, 'saveUninitialized', 'the first write does'],
  [{ resave: false }, 'resave', 'Leave it out'],
  [{ unset: 'destroy' }, 'unset', 'destroy()'],
  [{ proxy: true }, 'proxy', 'cookie.secure'],
  [{ key: 'sid' }, 'key', 'Use name'],
  [{ cookie: { signed: true } }, 'signed', 'the secret option'],
  [{ cookie: { originalMaxAge: 60 } }, 'originalMaxAge', 'maxAge, in seconds'],
  [{ cookie: { encode: String } }, 'encode', 'Leave it out'],
  // Options of iron-session, cookie-session, next-session and Auth.js.
  [{ password: 'x'.repeat(32) }, 'password', 'Use secret'],
  [{ password: { 1: 'old', 2: 'new' } }, 'password', 'an array: the first signs'],
  [{ cookieName: 'sid' }, 'cookieName', 'Use name'],
  [{ ttl: 60 }, 'ttl', 'idleTimeout, in seconds'],
  [{ cookieOptions: { secure: true } }, 'cookieOptions', 'Use cookie'],
  [{ keys: ['a', 'b'] }, 'keys', 'Use secret'],
  [{ overwrite: true }, 'overwrite', 'no such option'],
  [{ nearCache: {} }, 'nearCache', 'option of RedisStore'],
  [{ autoCommit: false }, 'autoCommit', 'promise resolves'],
  [{ encode: String }, 'encode', 'secret'],
  [{ decode: String }, 'decode', 'secret'],
  [{ updateAge: 60 }, 'updateAge', 'touchAfter'],
  [{ generateSessionToken: String }, 'generateSessionToken', 'Use genid'],
  // Attributes of the cookie beside it, options of a store beside it.
  [{ maxAge: 60 }, 'maxAge', 'cookie.maxAge, in seconds'],
  [{ secure: true }, 'secure', 'the cookie option'],
  [{ httpOnly: true }, 'httpOnly', 'the cookie option'],
  [{ prefix: 'sess:' }, 'prefix', 'RedisStore'],
  // Typing errors, and what does not exist (yet).
  [{ secert: 'x' }, 'secert', 'Did you mean secret?'],
  [{ idleTimout: 60 }, 'idleTimout', 'Did you mean idleTimeout?'],
  [{ IdleTimeout: 60 }, 'IdleTimeout', 'Did you mean idleTimeout?'],
  [{ touch_after: 60 }, 'touch_after', 'Did you mean touchAfter?'],
  [{ hashIDs: true }, 'hashIDs', 'Did you mean hashIds?'],
  [{ cookies: {} }, 'cookies', 'Did you mean cookie?'],
  [{ cookie: { maxage: 60 } }, 'Session cookie option maxage', 'Did you mean maxAge?'],
  [{ cookie: { 'Max-Age': 60 } }, 'Max-Age', 'Did you mean maxAge?'],
  [{ cookie: { httponly: true } }, 'httponly', 'Did you mean httpOnly?'],
  [{ cookie: { same_site: 'lax' } }, 'same_site', 'Did you mean sameSite?'],
  [{ maxDevices: 3 }, 'maxDevices', 'There are name, secret, encryptionKey, store'],
  [{ constructor: 1 }, 'constructor', 'no such option'],
];

describe('a wrong or foreign option throws, with its name and the fix', () => {
  it.each(REFUSED)('%j', (options, ...words) => {
    const { message } = failure(() => nextAppSession(options as Options));
    for (const word of words) expect(message).toContain(word);
    expect(message).toMatch(/^Session .*[.?]$/);
    expect(message).not.toMatch(/[.?]{2}/);
  });

  it.each([[null], ['a secret'], [7], [[]], [() => ({})]])('nextAppSession(%j)', (options) => {
    expect(failure(() => nextAppSession(options as never)).message).toBe('Session options: give an object.');
  });

  it('the same in the options of stores', () => {
    const plain = new PlainStore() as never;
    expect(failure(() => new MemoryStore({ maximum: 1 } as never)).message).toContain('The only one is max.');
    expect(failure(() => new MemoryStore(7 as never)).message).toBe('MemoryStore options: give an object.');
    expect(failure(() => promisifyStore(plain, { expires: 'store' } as never)).message).toContain(
      'Did you mean expiry?',
    );
    expect(failure(() => promisifyStore(plain, { expiry: true } as never)).message).toContain("'record' or");
    expect(failure(() => promisifyStore(plain, 'store' as never)).message).toContain('give an object');
  });
});

describe('an option passes', () => {
  it('that is undefined, whatever its name, so that spreads work', () => {
    const spread = {
      ttl: undefined,
      cookie: undefined,
      name: undefined,
      store: undefined,
      touchAfter: undefined,
    };
    nextAppSession({ ...spread } as Options);
    nextAppSession({ cookie: { maxage: undefined, domain: undefined, maxAge: undefined } } as Options);
    new MemoryStore({ ttl: undefined } as never);
    promisifyStore(new PlainStore() as never, { name: undefined, ttl: undefined } as never);
  });

  it('but a secret that is undefined throws: an environment variable is missing', () => {
    expect(failure(() => nextAppSession({ secret: undefined } as never)).message).toContain('environment');
  });

  it('of 1.0.7', () => {
    nextAppSession({
      name: 'SID',
      secret: 'secret goes here',
      genid: () => 'x'.repeat(22),
      store: new PlainStore(),
      touchAfter: true,
      cookie: { httpOnly: true, path: '/', domain: 'example.com', secure: false, sameSite: true, maxAge: 60 },
    });
    nextAppSession({ touchAfter: false, cookie: { sameSite: false, expires: null } });
  });

  it.each([
    { domain: 'localhost' },
    { domain: '.example.com' },
    { domain: 'my_host.xn--bcher-kva.example' },
    { domain: '' },
    { maxAge: 1 },
    { maxAge: 400 * 86_400 },
    { expires: new Date('2100-01-01') },
    { expires: Date.UTC(2100, 0) },
    { path: '/app/a b' },
    { priority: 'low' as const },
  ])('a cookie of %j', (cookie) => {
    nextAppSession({ cookie });
  });
});
