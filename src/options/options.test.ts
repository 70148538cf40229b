import { afterEach, describe, expect, it, vi } from 'vitest';
import { SessionError } from '../lib/errors.js';
import { nextAppSession } from '../next-app-session.js';
import { MemoryStore } from '../stores/memory/memory-store.js';
import { Browser } from '../test-kits/browser.js';
import { SpyStore } from '../test-kits/spy-store.js';
import { type Options, resolveOptions } from './options.js';

afterEach(() => vi.unstubAllEnvs());

function failure(options: unknown): SessionError {
  try {
    nextAppSession(options as Options);
  } catch (error) {
    if (SessionError.is(error)) return error;
  }
  throw new Error('Expected a SessionError.');
}

describe('a bad option throws at construction, with its name and the fix', () => {
  it.each([
    ['secret', { secret: undefined }, 'environment variable'],
    ['secret', { secret: '' }, 'environment variable'],
    ['secret', { secret: [] }, 'environment variable'],
    ['secret', { secret: ['good', ''] }, 'environment variable'],
    ['secret', { secret: ['good', undefined] }, 'environment variable'],
    ['secret', { secret: ['good', undefined] }, 'secret[1] is undefined or empty, often a missing'],
    ['secret', { secret: new Array(2) }, 'secret[0] is undefined or empty'],
    ['secret', { secret: [''] }, 'secret[0] is undefined or empty'],
    [
      'encryptionKey',
      { encryptionKey: Buffer.alloc(32) as never },
      'it is given but no string. Give bytes as',
    ],
    [
      'encryptionKey',
      { encryptionKey: ['a'.repeat(32), Buffer.alloc(32) as never] },
      'encryptionKey[1] is no string',
    ],
    ['secret', { secret: 7 }, 'environment variable'],
    ['name', { name: '' }, 'letters'],
    ['name', { name: '' }, 'it is empty, often an environment variable that is set to nothing'],
    ['name', { name: ['sid', ''] }, 'name[1] is empty'],
    ['name', { name: ['sid', 'a b'] }, 'name[1] is no name of a cookie'],
    ['name', { name: '__Host-sid,sid' }, 'it holds a comma: split it into an array for several names'],
    ['name', { name: 'a b' }, 'letters'],
    ['name', { name: 'a=b' }, 'letters'],
    ['name', { name: 'a;b' }, 'letters'],
    ['name', { name: 'näme' }, 'letters'],
    ['name', { name: 7 }, 'string'],
    ['name', { name: [] }, 'no name to set'],
    ['name', { name: [undefined, 'sid'] }, 'an array of strings, 3 at most'],
    ['name', { name: ['sid', ''] }, 'letters'],
    ['name', { name: ['sid', 'a b'] }, 'letters'],
    ['name', { name: ['a', 'b', 'c', 'd'] }, '3 at most'],
    ['name', { name: ['__Host-sid', 'sid'], cookie: { secure: false } }, 'cookie.secure: true'],
    ['name', { name: '__Host-sid', cookie: { secure: false } }, 'cookie.secure: true'],
    ['name', { name: '__Host-sid', cookie: { secure: true, path: '/app' } }, "cookie.path '/'"],
    ['name', { name: '__host-sid', cookie: { secure: true, domain: 'a.example' } }, 'no cookie.domain'],
    ['name', { name: '__Secure-sid' }, 'cookie.secure: true'],
    ['name', { name: '__Host-sid' }, 'the default only in production'],
    ['maxSessions', { maxSessions: null }, 'or leave it out for no limit'],
    ['encryptionKey', { encryptionKey: Buffer.alloc(32) }, 'it is given but no string. Give bytes as'],
    ['secret', { secret: ['good', 7] }, 'secret[1] is no string'],
    ['cookie.sameSite', { cookie: { sameSite: 'none' } }, 'cookie.secure: true'],
    ['cookie.sameSite', { cookie: { sameSite: 'Lax' } }, "'lax'"],
    ['cookie.partitioned', { cookie: { partitioned: true } }, 'cookie.secure: true'],
    ['cookie.maxAge', { cookie: { maxAge: -1 } }, 'seconds'],
    ['cookie.maxAge', { cookie: { maxAge: Number.NaN } }, 'seconds'],
    ['cookie.maxAge', { cookie: { maxAge: '60' } }, 'seconds'],
    ['cookie.expires', { cookie: { expires: new Date('never') } }, 'valid Date'],
    ['cookie.path', { cookie: { path: 'app' } }, "starts with '/'"],
    ['cookie.path', { cookie: { path: '/; Domain=evil.example' } }, "starts with '/'"],
    ['cookie.domain', { cookie: { domain: 'a.example; Secure' } }, 'host name'],
    ['onEvent', { onEvent: 'log' }, 'function'],
    ['sessionHash', { sessionHash: true }, 'secret'],
    ['idleTimeout', { idleTimeout: -1 }, 'seconds'],
    ['idleTimeout', { idleTimeout: 0 }, 'more than 0'],
    ['idleTimeout', { idleTimeout: Number.POSITIVE_INFINITY }, 'seconds'],
    ['idleTimeout', { idleTimeout: 1e13 }, '1000000000000 at most'],
    ['absoluteTimeout', { absoluteTimeout: 0 }, 'more than 0'],
    ['absoluteTimeout', { absoluteTimeout: '1h' }, 'seconds'],
    ['touchAfter', { touchAfter: -1 }, 'seconds'],
    ['storeTimeout', { storeTimeout: 0 }, 'more than 0'],
    ['maxBytes', { maxBytes: 0 }, 'from 1024'],
    ['maxBytes', { maxBytes: 1023 }, 'from 1024'],
    ['maxBytes', { maxBytes: 2048.5 }, 'whole number'],
    ['maxBytes', { maxBytes: '1mb' }, 'whole number'],
    ['maxBytes', { maxBytes: Number.POSITIVE_INFINITY }, 'null for no limit'],
    ['maxBytes', { maxBytes: 2 ** 30 }, 'null for no limit'],
    ['genid', { genid: 'x' }, 'function'],
    ['store', { store: {} }, 'get, set and destroy'],
    ['store', { store: MemoryStore }, 'it is a class. Make an instance of it'],
    ['store', { store: null }, 'get, set and destroy'],
  ])('%s: %j', (option, options, fix) => {
    const error = failure(options);
    expect(error.code).toBe('ERR_SESSION_OPTIONS');
    expect(error.message).toContain(`Session option ${option}: `);
    expect(error.message).toContain(fix);
  });

  it('the message never shows a secret', () => {
    expect(failure({ secret: ['hunter2', ''] }).message).not.toContain('hunter2');
  });
});

describe('defaults', () => {
  it('are safe', () => {
    expect(resolveOptions({})).toMatchObject({
      name: 'sid',
      secrets: [],
      cookie: { path: '/', httpOnly: true, sameSite: 'lax', secure: false },
      expiry: { idleMs: 86_400_000, absoluteMs: null, touchAfterMs: 60_000 },
      storeTimeoutMs: 5_000,
      maxBytes: 1_048_576,
    });
    vi.stubEnv('NODE_ENV', 'production');
    expect(resolveOptions({}).cookie.secure).toBe(true);
    expect(resolveOptions({ name: '__Host-sid' }).name).toBe('__Host-sid');
  });

  it('idleTimeout is cookie.maxAge, unless it is given', () => {
    expect(resolveOptions({ cookie: { maxAge: 600 } }).expiry.idleMs).toBe(600_000);
    expect(resolveOptions({ cookie: { maxAge: 600 }, idleTimeout: 60 }).expiry.idleMs).toBe(60_000);
  });

  it('times are whole milliseconds, as Redis needs them', () => {
    const options = resolveOptions({ idleTimeout: 16.1, absoluteTimeout: 1.1 * 3600, storeTimeout: 0.0001 });
    expect(options.expiry).toMatchObject({ idleMs: 16_100, absoluteMs: 3_960_000 });
    expect(options.storeTimeoutMs).toBe(1);
  });

  it('sameSite: true means strict, and false leaves the attribute out', () => {
    expect(resolveOptions({ cookie: { sameSite: true } }).cookie.sameSite).toBe('strict');
    expect(resolveOptions({ cookie: { sameSite: false } }).cookie).not.toHaveProperty('sameSite');
  });

  it('touchAfter accepts the boolean of 1.x, and uses the default', () => {
    expect(resolveOptions({ touchAfter: true }).expiry.touchAfterMs).toBe(60_000);
    expect(resolveOptions({ touchAfter: false }).expiry.touchAfterMs).toBe(60_000);
  });
});

describe('in production', () => {
  it('warns once about an unsigned cookie and the default store, at first use', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const browser = new Browser(nextAppSession({ name: 'warned' }));
    expect(warn).not.toHaveBeenCalled();
    await browser.visit((session) => session().set('n', 1));
    await browser.visit((session) => session().set('n', 2));
    await new Browser(nextAppSession({ name: 'again' })).visit((session) => session().set('n', 1));
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringContaining('no secret option'),
      expect.stringContaining('no store option'),
    ]);
    warn.mockRestore();
  });

  it.each([
    ['a-short-secret', 'hunter2'],
    ['a-short-secret-that-only-verifies', ['x'.repeat(32), 'hunter2']],
  ])('warns once about %s, and shows nothing of it', async (name, secret) => {
    vi.stubEnv('NODE_ENV', 'production');
    vi.stubGlobal(Symbol.for('next-app-session.warnings') as never, undefined);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const browser = new Browser(nextAppSession({ name, secret, store: new SpyStore() }));
    await browser.visit((session) => session().set('n', 1));
    await browser.visit((session) => session().set('n', 2));
    expect(warn.mock.calls.flat()).toEqual([expect.stringContaining('fewer than 32 characters')]);
    expect(String(warn.mock.calls)).not.toMatch(/hunter2|\b7\b/);
    warn.mockRestore();
    vi.unstubAllGlobals();
  });

  it('does not warn about a signed cookie and a given store', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const browser = new Browser(
      nextAppSession({ name: 'quiet', secret: 'x'.repeat(32), store: new SpyStore() }),
    );
    await browser.visit((session) => session().set('n', 1));
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe('session() with wrong arguments', () => {
  it.each([
    [[null]],
    [['sid=x']],
    [[{}]],
    [[new Request('http://localhost'), new Response()]],
    [[{ headers: {} }, {}]],
  ])('%j throws ERR_SESSION_OPTIONS', async (args) => {
    const session = nextAppSession({ name: 'odd' }) as (...args: unknown[]) => { all(): Promise<object> };
    await expect(session(...args).all()).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
  });
});

describe('absoluteTimeout with the `user` option', () => {
  const DAY = 86_400_000;
  const user = () => 'ada';

  it.each<[string, Options, number | null]>([
    ['none without the option', {}, null],
    ['30 days', { user }, 30 * DAY],
    ['cookie.maxAge if that is longer', { user, cookie: { maxAge: 90 * 86_400 } }, 90 * DAY],
    ['idleTimeout if that is longer', { user, idleTimeout: 60 * 86_400 }, 60 * DAY],
    [
      'the given value, even if it is shorter',
      { user, absoluteTimeout: 60, cookie: { maxAge: 3600 } },
      60_000,
    ],
  ])('is %s', (_, options, expected) => {
    expect(resolveOptions(options).expiry.absoluteMs).toBe(expected);
  });

  it('has to be finite: nobody could revoke a session that outlives its entry in the index', () => {
    expect(() => resolveOptions({ user, absoluteTimeout: Number.POSITIVE_INFINITY })).toThrow(
      /absoluteTimeout/,
    );
  });
});
