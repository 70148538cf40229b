import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import nextAppSession from '../../src/index.js';
import { createSessionTester, mockCookies, type SessionTester } from '../index.js';
import { nextInternal, withRealStorage } from './next-internals.js';
import { openNextScope } from './open-next-scope.js';

const { version } = createRequire(import.meta.url)('next/package.json');

it('what this version of Next does not have is one error, with the version and a workaround', async () => {
  const missing = [
    () => nextInternal('server/no-such-module.js', 'anything'),
    () => nextInternal('server/async-storage/work-store.js', 'noSuchFunction'),
  ];
  for (const ask of missing) {
    const promise = ask();
    await expect(promise).rejects.toMatchObject({ code: 'ERR_SESSION_TESTING' });
    await expect(promise).rejects.toThrow(`Next ${version}`);
    await expect(promise).rejects.toThrow('{ jar: mockCookies() }');
  }
});

it('a function of Next that fails gives the same error, not a TypeError', async () => {
  const failing = openNextScope({} as never, 'route');
  await expect(failing).rejects.toMatchObject({ code: 'ERR_SESSION_TESTING', cause: expect.any(TypeError) });
});

it('the workaround works: a jar from the test, and nothing from Next', async () => {
  const session = nextAppSession<{ n: number }>({ secret: 'a secret of this test' });
  const jar = mockCookies();
  const t = createSessionTester(session, { jar });
  const { cookies } = await t.run('action', () => session().set('n', 1));
  expect(cookies).toMatchObject([{ name: 'sid', httpOnly: true }]);
  const { cookies: none } = await createSessionTester(session, {
    jar: mockCookies(t.cookie, { phase: 'render' }),
    store: t.store,
  }).run('component', async () => {
    await expect(session().set('n', 2)).rejects.toMatchObject({ code: 'ERR_SESSION_READ_ONLY' });
    expect(await session().get('n')).toBe(1);
  });
  expect(none).toEqual([]);
});

describe('a tester with a jar of the test', () => {
  const session = nextAppSession<{ n: number }>({ secret: 'a secret of this test', touchAfter: 0 });
  const addOne = () => session().update(({ n = 0 }) => ({ n: n + 1 }));
  const readN = async (t: SessionTester<{ n: number }>) =>
    (await t.component(() => session().get('n'))).result;

  it('has the session that it was given, and another request at each call', async () => {
    const t = createSessionTester(session, { data: { n: 1 }, jar: mockCookies() });
    await t.action(addOne);
    expect(await readN(t)).toBe(2);
    await t.seed({ n: 7 });
    expect(await readN(t)).toBe(7);
    t.advance({ days: 2 });
    expect(await readN(t)).toBeNull();
  });

  it('has the cookies of the jar too', async () => {
    const { store, cookie } = await seeded();
    const t = createSessionTester(session, { store, jar: mockCookies(cookie) });
    expect(await t.read()).toEqual({ n: 1 });
    await t.action(() => session().destroy());
    expect(await t.read()).toBeNull();
    expect(t.cookie).toBe('');
  });

  it('sets a cookie once, and for the request that sets it', async () => {
    const t = createSessionTester(session, { data: { n: 1 }, jar: mockCookies() });
    const [regenerated, other] = await Promise.all([
      t.action(() => session().regenerate()),
      t.action(() => session().get('n')),
    ]);
    expect(regenerated.cookies).toHaveLength(1);
    expect(other.cookies).toEqual([]);
    expect((await t.action(() => session().get('n'))).cookies).toEqual([]);
  });

  it('sets what its calls set in the jar too', async () => {
    const jar = mockCookies();
    const t = createSessionTester(session, { jar });
    await t.action(addOne);
    await t.action(addOne);
    expect(jar.setCookies()).toEqual([expect.stringMatching(/^sid=s%3A.*; HttpOnly/)]);
    await t.action(() => session().destroy());
    expect(jar.setCookies()).toEqual([expect.stringMatching(/^sid=; .*Expires=Thu, 01 Jan 1970/)]);
  });

  it('refuses a write in a Server Component', async () => {
    const t = createSessionTester(session, { data: { n: 1 }, jar: mockCookies() });
    await expect(t.component(addOne)).rejects.toMatchObject({ code: 'ERR_SESSION_READ_ONLY' });
  });

  async function seeded() {
    const t = createSessionTester(session, { data: { n: 1 } });
    await t.read();
    return t;
  }
});

it('a storage that Next made before there was AsyncLocalStorage is made to work', () => {
  class FakeAsyncLocalStorage {
    run() {
      throw new Error('not available');
    }
    getStore() {}
  }
  const fake = new FakeAsyncLocalStorage() as unknown as AsyncLocalStorage<unknown>;
  expect(withRealStorage(fake)).toBe(fake);
  expect(fake.run('store', () => withRealStorage(fake).getStore())).toBe('store');
  const real = new AsyncLocalStorage();
  expect(Object.hasOwn(withRealStorage(real), 'run')).toBe(false);
});
