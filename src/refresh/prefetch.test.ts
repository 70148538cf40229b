import { expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { NextScope } from '../test-kits/next-scope.js';
import { FRESH, isFresh, STALE, type Tokens } from '../test-kits/refresh.js';
import { SpyStore } from '../test-kits/spy-store.js';

// As before Next 16.3, which has no io(): there a prefetch reads the session.
vi.mock('next/cache.js', () => ({ io: undefined }));

async function signedIn(tokens: Tokens) {
  const store = new SpyStore();
  const session = nextAppSession<{ tokens: Tokens }>({ name: 'prefetch', secret: 'a secret', store });
  const first = new NextScope();
  await first.run('action', () => session().set('tokens', tokens));
  store.spy.reset();
  const renew = vi.fn(async () => FRESH);
  return {
    store,
    renew,
    cookies: first.cookies(),
    refresh: () => session().refresh('tokens', { isFresh, renew }),
  };
}

it('in a prefetch of a version without io(), a value that is not fresh waits for ever, without a lease', async () => {
  const { refresh, renew, store, cookies } = await signedIn(STALE);
  const ended = vi.fn();
  void new NextScope(cookies).runPrefetch(() => refresh().finally(ended));
  await vi.waitFor(() => expect(store.spy.calls).toEqual(['get']));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(ended).not.toHaveBeenCalled();
  expect(renew).not.toHaveBeenCalled();
  expect(store.spy.calls).toEqual(['get']);
  // Nobody else waits for it.
  expect(await new NextScope(cookies).run('render', refresh)).toEqual(FRESH);
});

it('there a fresh value is returned', async () => {
  const { refresh, cookies } = await signedIn(FRESH);
  expect(await new NextScope(cookies).runPrefetch(refresh)).toEqual(FRESH);
});
