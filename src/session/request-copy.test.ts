import { sign } from 'cookie-signature';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextAppSession } from '../next-app-session.js';
import { Browser } from '../test-kits/browser.js';
import { NextScope } from '../test-kits/next-scope.js';
import { REFUSAL, SpyStore } from '../test-kits/spy-store.js';
import type { AppSession } from './app-session.js';

const SECRET = 'a secret';
const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const GONE = { code: 'ERR_SESSION_GONE' };
const DOWN = { code: 'ERR_SESSION_STORE' };

function setUp() {
  const store = new SpyStore();
  const session = nextAppSession<{ n: number; m: number }>({ secret: SECRET, store });
  const signedIn = async () => {
    const browser = new Browser(session);
    await browser.visit((own) => own().set('n', 1));
    store.spy.reset();
    return browser;
  };
  /** Ends the session of a browser, as another request of it would. */
  const endElsewhere = ({ cookies }: Browser<{ n: number; m: number }>) =>
    new Browser(session, Object.fromEntries(cookies)).visit((own) => own().destroy());
  return { store, session, signedIn, endElsewhere };
}

/** A browser whose session is no longer in the store. */
function staleBrowser(session: ReturnType<typeof setUp>['session']) {
  return new Browser(session, { sid: `s:${sign('a-session-that-has-ended', SECRET)}` });
}

afterEach(() => vi.useRealTimers());

describe('a session that ends under a request', () => {
  it('is not begun again by a write after reload()', async () => {
    const { signedIn, endElsewhere, store } = setUp();
    const browser = await signedIn();
    await browser.visit(async (own) => {
      await own().get('n');
      await own().reload();
      await endElsewhere(browser);
      store.spy.reset();
      await expect(own().set('n', 2)).rejects.toMatchObject(GONE);
    });
    expect(store.spy.calls).not.toContain('set');
  });

  it.each(['with', 'without'])(
    'is not begun again after a write whose outcome is unknown, %s a read before',
    async (how) => {
      const { signedIn, endElsewhere, store } = setUp();
      const browser = await signedIn();
      await browser.visit(async (own) => {
        if (how === 'with') await own().get('n');
        store.spy.before('set', async () => store.spy.fail('get', new Error('down')));
        store.spy.lose('set');
        await expect(own().set('n', 2)).rejects.toMatchObject(DOWN);
        store.spy.calm();
        await endElsewhere(browser);
        await expect(own().set('n', 3)).rejects.toMatchObject(GONE);
      });
    },
  );

  it('is not begun again after a sign-out that the store refused', async () => {
    const { signedIn, endElsewhere, store } = setUp();
    const browser = await signedIn();
    await browser.visit(async (own) => {
      await own().get('n');
      store.spy.fail('set', REFUSAL);
      await expect(own().destroy()).rejects.toMatchObject(DOWN);
      await endElsewhere(browser);
      await expect(own().set('n', 3)).rejects.toMatchObject(GONE);
    });
  });
});

describe('a sign-out whose outcome is unknown', () => {
  it.each<[string, (own: AppSession<{ n: number; m: number }>) => Promise<unknown>]>([
    ['has not looked', async () => {}],
    ['has read it', (own) => own.get('n')],
    ['has written it', (own) => own.set('n', 2)],
    ['has read it twice', (own) => own.get('n').then(() => own.reload().then(() => own.get('n')))],
    ['would read it again', (own) => own.get('n').then(() => own.reload())],
  ])(
    'ends it like any other, if it took effect: a write begins another, where the request %s',
    async (_, before) => {
      const { signedIn, store } = setUp();
      const browser = await signedIn();
      await browser.visit(async (own) => {
        await before(own());
        store.spy.lose('set');
        store.spy.lose('destroy');
        store.spy.fail('get', new Error('down'), 9);
        await expect(own().destroy()).rejects.toMatchObject(DOWN);
        store.spy.calm();
        await own().set('m', 3);
        expect(await own().all()).toEqual({ m: 3 });
      });
      expect((await browser.visit((own) => own().all())).result).toEqual({ m: 3 });
    },
  );
});

describe('a cookie whose session had ended before', () => {
  it('does not keep a request from a new session after reload()', async () => {
    const { session } = setUp();
    const { result } = await staleBrowser(session).visit(async (own) => {
      expect(await own().get('n')).toBeNull();
      await own().reload();
      await own().set('n', 1);
      return own().get('n');
    });
    expect(result).toBe(1);
  });

  it('does not, after a read that failed either', async () => {
    const { session, store } = setUp();
    const { result } = await staleBrowser(session).visit(async (own) => {
      store.spy.fail('get', new Error('down'));
      await expect(own().get('n')).rejects.toMatchObject(DOWN);
      await own().reload();
      await own().set('n', 1);
      return own().get('n');
    });
    expect(result).toBe(1);
  });

  it('goes at a sign-out, even if a key was to be removed first', async () => {
    const { session } = setUp();
    const { cookies } = await staleBrowser(session).visit(async (own) => {
      await own().destroy('n');
      await own().destroy();
    });
    expect(cookies).toMatchObject([{ name: 'sid', value: '' }]);
  });
});

describe('two cookies of one name', () => {
  const headerOf = (...values: (string | undefined)[]) =>
    values.map((value) => `sid=${encodeURIComponent(value ?? '')}`).join('; ');

  it('the session that was found under the second one is the one that reload() reads', async () => {
    const { session, signedIn } = setUp();
    const live = (await signedIn()).cookies.get('sid');
    const scope = new NextScope(headerOf(staleBrowser(session).cookies.get('sid'), live));
    await scope.run('action', async () => {
      expect(await session().get('n')).toBe(1);
      await session().reload();
      expect(await session().get('n')).toBe(1);
    });
  });
});

describe('a session that the request created', () => {
  it('is new until the end of the request, however often it is written', async () => {
    const { session } = setUp();
    const browser = new Browser(session);
    await browser.visit(async (own) => {
      await own().set('n', 1);
      await own().set('n', 2);
      expect(await own().info()).toMatchObject({ isNew: true });
    });
    expect((await browser.visit((own) => own().info())).result).toMatchObject({ isNew: false });
  });

  it('was last seen when it was last used', async () => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
    const { signedIn } = setUp();
    const browser = await signedIn();
    vi.setSystemTime(NOW + MINUTE / 2);
    const { result } = await browser.visit((own) => own().info());
    expect(result).toMatchObject({ createdAt: NOW, lastSeenAt: NOW });
  });
});

describe('a key', () => {
  it('that is set to undefined is gone, for the same request too', async () => {
    const { signedIn } = setUp();
    const browser = await signedIn();
    await browser.visit(async (own) => {
      await own().set('n', undefined as never);
      expect(await own().has('n')).toBe(false);
    });
  });

  it.each([7, {}, null, undefined])('that is no text is refused by reads: %s', async (key) => {
    const { signedIn } = setUp();
    const browser = await signedIn();
    await browser.visit(async (own) => {
      await expect(own().get(key as never)).rejects.toMatchObject({ code: 'ERR_SESSION_KEY' });
      await expect(own().has(key as never)).rejects.toMatchObject({ code: 'ERR_SESSION_KEY' });
    });
  });
});

it('a read within an update function throws at once', async () => {
  const { signedIn } = setUp();
  const browser = await signedIn();
  await browser.visit(async (own) => {
    const update = own().update(() => void own().get('n'));
    await expect(update).rejects.toMatchObject({ code: 'ERR_SESSION_REENTRANT' });
  });
});
