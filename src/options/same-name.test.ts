import { afterEach, beforeEach, expect, it, type MockInstance, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { MemoryStore } from '../stores/memory/memory-store.js';

const secret = 'a secret of 32 letters, or of some more';
let warn: MockInstance;

beforeEach(() => {
  for (const registry of ['options', 'warnings']) {
    vi.stubGlobal(Symbol.for(`next-app-session.${registry}`) as never, undefined);
  }
  vi.stubEnv('NODE_ENV', 'production');
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  warn.mockRestore();
});

it('two sessions of one name with other options: one warning, which names these and no value', () => {
  nextAppSession({ secret, idleTimeout: 60, cookie: { maxAge: 777 } });
  nextAppSession({ secret: `other, ${secret}`, idleTimeout: 60, cookie: { maxAge: 778 }, hashIds: false });
  expect(warn.mock.calls.flat()).toEqual([
    expect.stringContaining('two sessions are named "sid", with different options: secret, cookie, hashIds.'),
  ]);
  expect(String(warn.mock.calls)).not.toMatch(/letters|77/);
});

it('keeps no secret', () => {
  nextAppSession({ secret });
  const registry = Reflect.get(globalThis, Symbol.for('next-app-session.options')) as Map<string, object>;
  const [prints = {}] = registry.values();
  for (const print of Object.values(prints)) expect(print).toMatch(/^[0-9a-f]{8}$/);
  expect(JSON.stringify([...registry])).not.toContain('secret of');
});

it.each([
  ['the copies that Next loads of one module', () => ({ store: new MemoryStore(), user: () => 'ada' })],
  [
    'dates that each copy computes',
    () => ({ cookie: { expires: new Date(Date.now() + Math.random() * 1e6) } }),
  ],
  ['an option that is undefined', (isSecond: boolean) => (isSecond ? { idleTimeout: undefined } : {})],
  [
    'a default',
    (isSecond: boolean) => (isSecond ? { name: 'sid', cookie: { path: '/', httpOnly: true } } : {}),
  ],
  ['a secret in an array', (isSecond: boolean) => (isSecond ? { secret: [secret] } : {})],
])('%s are one session', (_, options) => {
  for (const isSecond of [false, true]) nextAppSession({ secret, ...options(isSecond) });
  expect(warn).not.toHaveBeenCalled();
});

it('another name, path or domain is no mistake', () => {
  nextAppSession({ name: 'a', secret });
  nextAppSession({ name: 'b', secret, idleTimeout: 5 });
  nextAppSession({ name: 'a', secret, idleTimeout: 6, cookie: { path: '/admin' } });
  nextAppSession({ name: 'a', secret, idleTimeout: 7, cookie: { domain: 'example.org' } });
  expect(warn).not.toHaveBeenCalled();
});

it('a module that development loads again, with other options, is no mistake', () => {
  vi.stubEnv('NODE_ENV', 'development');
  nextAppSession({ secret, idleTimeout: 60 });
  nextAppSession({ secret, idleTimeout: 61 });
  expect(warn).not.toHaveBeenCalled();
});

it('a session that has the name of another one as a former name: one warning', () => {
  nextAppSession({ secret, name: 'sid' });
  nextAppSession({ secret, name: ['id', 'sid'] });
  expect(warn.mock.calls.flat()).toEqual([
    expect.stringContaining('two sessions are named "sid", with different options: name.'),
  ]);
});
