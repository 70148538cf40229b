import { describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { Browser } from '../test-kits/browser.js';
import { NextScope } from '../test-kits/next-scope.js';
import { FRESH, isFresh, STALE, type Tokens } from '../test-kits/refresh.js';
import { SpyStore } from '../test-kits/spy-store.js';

async function signedIn() {
  const store = new SpyStore();
  const session = nextAppSession<{ tokens: Tokens }>({ name: 'places', secret: 'a secret', store });
  const first = new NextScope();
  await first.run('action', () => session().set('tokens', STALE));
  const renew = vi.fn(async () => FRESH);
  const refresh = () => session().refresh('tokens', { isFresh, renew });
  return { session, store, renew, refresh, cookies: first.cookies() };
}

describe('refresh works, and sets no cookie,', () => {
  it.each(['render', 'action', 'after', 'left-over', 'proxy'] as const)('in %s', async (phase) => {
    const { refresh, session, cookies } = await signedIn();
    const next = new NextScope(cookies);
    expect(await next.run(phase, refresh)).toEqual(FRESH);
    expect(next.setCookies()).toEqual([]);
    expect(await new NextScope(cookies).run('render', () => session().get('tokens'))).toEqual(FRESH);
  });

  it('in the Pages Router, without the response', async () => {
    const { session, renew, cookies } = await signedIn();
    const browser = new Browser(session, cookies);
    const { result } = await browser.visit((_, { request }) =>
      session(request).refresh('tokens', { isFresh, renew }),
    );
    expect(result).toEqual(FRESH);
  });
});

describe('in a render for a prefetch', () => {
  it('a value that is not fresh waits for ever, without a lease', async () => {
    const { refresh, renew, store, cookies } = await signedIn();
    store.spy.reset();
    const ended = vi.fn();
    void new NextScope(cookies).runPrefetch(() => refresh().finally(ended));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ended).not.toHaveBeenCalled();
    expect(renew).not.toHaveBeenCalled();
    expect(store.spy.calls).not.toContain('set');
    // Nobody else waits for it.
    expect(await new NextScope(cookies).run('render', refresh)).toEqual(FRESH);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('in use cache: private, a value that is not fresh throws, without a lease', async () => {
    const { refresh, renew, store, cookies } = await signedIn();
    store.spy.reset();
    const next = new NextScope(cookies);
    await expect(next.runPrivateCache(refresh)).rejects.toThrow('connection');
    expect(renew).not.toHaveBeenCalled();
    expect(store.spy.calls).not.toContain('set');
  });

  it('in use cache: private, a fresh value is returned', async () => {
    const { refresh, session, cookies } = await signedIn();
    await new NextScope(cookies).run('action', () => session().set('tokens', FRESH));
    expect(await new NextScope(cookies).runPrivateCache(refresh)).toEqual(FRESH);
  });
});
