import { describe, expect, it } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { Browser } from '../test-kits/browser.js';
import { SpyStore } from '../test-kits/spy-store.js';
import { safeCause } from './safe-cause.js';

const revoked = Proxy.revocable(new Error('revoked'), {});
revoked.revoke();

const THROWN: [string, unknown][] = [
  ['a message that is no text', Object.assign(new Error(), { message: { secret: 1 } })],
  ['a stack that is an array', Object.assign(new Error('down'), { stack: ['at', 'a', 'store'] })],
  [
    'a getter that throws',
    Object.defineProperty(new Error('down'), 'message', {
      get: () => {
        throw new Error('from the getter');
      },
    }),
  ],
  ['a revoked Proxy', revoked.proxy],
  ['null', null],
  ['undefined', undefined],
  ['a text', 'down'],
];

describe('whatever a store throws', () => {
  it.each(THROWN)('%s becomes an Error that can be read', (_, thrown) => {
    const cause = safeCause(thrown, 'key');
    expect(typeof cause.message).toBe('string');
    expect(typeof cause.stack).toBe('string');
  });

  it.each(THROWN)('%s ends the call, and the next write goes on', async (_, thrown) => {
    const store = new SpyStore();
    const browser = new Browser(nextAppSession({ secret: 'a secret', store, onEvent: () => {} }));
    await browser.visit((session) => session().set('n', 1));
    store.spy.fail('set', thrown, 3);
    await browser.visit(async (session) => {
      await expect(session().set('n', 2)).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
      await session().set('n', 3);
    });
    expect((await browser.visit((session) => session().get('n'))).result).toBe(3);
  });
});
