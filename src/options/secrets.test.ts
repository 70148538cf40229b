import { sign } from 'cookie-signature';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { SessionError } from '../lib/errors.js';
import { nextAppSession } from '../next-app-session.js';
import { Browser } from '../test-kits/browser.js';
import { SpyStore } from '../test-kits/spy-store.js';
import type { Options } from './options.js';

const SECRET = 'a secret of 32 letters, or of some more';
const MISSING: [string, Options['secret']][] = [
  ['undefined', undefined],
  ['empty', ''],
  ['blank', ' '],
  ['an empty array', []],
  ['undefined in an array', [undefined]],
  ['undefined beside one that is there', [SECRET, undefined]],
];

let warn: MockInstance;
let store: SpyStore;

beforeEach(() => {
  for (const registry of ['options', 'warnings']) {
    vi.stubGlobal(Symbol.for(`next-app-session.${registry}`) as never, undefined);
  }
  vi.stubEnv('NODE_ENV', 'production');
  vi.stubEnv('NEXT_PHASE', 'phase-production-build');
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  store = new SpyStore();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  warn.mockRestore();
});

/** Returns the message of the error at the start of a process that does not build. */
function messageAtStart(options: Options): string {
  vi.stubEnv('NEXT_PHASE', undefined);
  try {
    nextAppSession(options);
  } catch (error) {
    if (SessionError.is(error)) return error.message;
  } finally {
    vi.stubEnv('NEXT_PHASE', 'phase-production-build');
  }
  throw new Error('Expected a SessionError.');
}

describe.each(MISSING)('a secret that is %s', (_, secret) => {
  it.each([
    undefined,
    '',
    'phase-production-server',
    'phase-development-server',
    'phase-export',
    'phase-test',
  ])('throws at the start of a process with NEXT_PHASE=%s', (phase) => {
    vi.stubEnv('NEXT_PHASE', phase);
    expect(() => nextAppSession({ secret })).toThrow(/Session option secret: .*undefined or empty/);
  });

  describe('while Next builds', () => {
    it('throws nothing, reads as empty, and asks no store', async () => {
      const browser = new Browser(nextAppSession({ secret, store, user: () => 'ada', sessionHash: true }));
      const { result, cookies } = await browser.visit(async (session) => {
        await session().destroy();
        await session().touch();
        return [await session().all(), await session().info()];
      });
      expect([result, cookies, store.spy.calls]).toEqual([[{}, null], [], []]);
      expect(warn).not.toHaveBeenCalled();
    });

    it.each<[string, (session: Browser['session']) => Promise<unknown>]>([
      ['set', (session) => session().set('n', 1)],
      ['update', (session) => session().update((data) => data)],
      ['regenerate', (session) => session().regenerate()],
    ])('%s throws the same error. No cookie is set, and nothing is stored', async (_name, write) => {
      const options: Options = { secret, store, sessionHash: true };
      const browser = new Browser(nextAppSession(options));
      const { result, cookies } = await browser.visit((session) =>
        write(session as Browser['session']).catch((error: unknown) => error),
      );
      expect(result).toMatchObject({ code: 'ERR_SESSION_OPTIONS', message: messageAtStart(options) });
      expect([cookies, store.spy.calls]).toEqual([[], []]);
    });

    it.each([
      ['signed with a secret', `s:${sign('a-real-session-id-0001', SECRET)}`],
      ['not signed', 'a-real-session-id-0001'],
      ['of any other kind', 'x'.repeat(5000)],
    ])('no cookie opens a session: neither one that is %s', async (_kind, value) => {
      const options: Options = { secret, store };
      const browser = new Browser(nextAppSession(options), { sid: value });
      const failure = await browser.visit((session) => session().all()).catch((error) => error);
      expect(failure).toMatchObject({ code: 'ERR_SESSION_OPTIONS', message: messageAtStart(options) });
      expect(store.spy.calls).toEqual([]);
    });

    it('is no other secret than in the module’s next copy', () => {
      for (const _copy of [1, 2]) nextAppSession({ secret, store });
      expect(warn).not.toHaveBeenCalled();
    });
  });
});

describe('while Next builds', () => {
  it('a secret that is there signs', async () => {
    const browser = new Browser(nextAppSession({ secret: SECRET, store }));
    await browser.visit((session) => session().set('n', 1));
    expect((await browser.visit((session) => session().get('n'))).result).toBe(1);
  });

  it('a session without the option is unsigned, and says so', async () => {
    const browser = new Browser(nextAppSession({ store }));
    const { cookies } = await browser.visit((session) => session().set('n', 1));
    expect(cookies[0]?.value).toMatch(/^[\w-]{22}$/);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('no secret option'));
    expect(() => nextAppSession({ sessionHash: true })).toThrow('it needs the secret option too');
  });

  it('all other options are checked', () => {
    expect(() => nextAppSession({ secret: undefined, name: 'a b' })).toThrow('Session option name');
    expect(() => nextAppSession({ secret: undefined, sercet: SECRET } as Options)).toThrow('sercet');
  });
});

it('an array that the app empties later signs and verifies as before', async () => {
  vi.stubEnv('NEXT_PHASE', undefined);
  const secrets = [SECRET];
  const browser = new Browser(nextAppSession({ secret: secrets, store }));
  secrets.length = 0;
  const { cookies } = await browser.visit((session) => session().set('n', 1));
  expect(cookies[0]?.value).toMatch(/^s:[\w-]{22}\./);
  expect((await browser.visit((session) => session().get('n'))).result).toBe(1);
});
