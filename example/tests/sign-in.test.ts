import 'next-app-session/testing/vitest';
import { createSessionTester } from 'next-app-session/testing';
import { describe, expect, it } from 'vitest';
import AccountPage from '@/app/account/page';
import { saveName } from '@/app/name/actions';
import { signIn, signOut } from '@/app/sign-in/actions';
import { session } from '@/lib/session';
import legacy from '@/pages/api/legacy';
import { proxy } from '@/proxy';

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36';

const ada = { name: 'Ada', signedInAt: 1_750_000_000_000 };

describe('sign-in', () => {
  it('gives the session a new ID, keeps its data, and leads on', async () => {
    const t = createSessionTester(session, { data: { count: 3 }, headers: { 'user-agent': CHROME } });
    const { redirect } = await t.action(() =>
      signIn({}, form({ name: 'Ada', password: 'demo', from: '/name' })),
    );
    expect(redirect).toEqual({ url: '/name', type: 'push' });
    const user = { name: 'Ada', signedInAt: expect.any(Number), device: 'Chrome on Linux' };
    await expect(t).toHaveSession({ count: 3, user });
    await expect(t).toHaveRotatedSessionId();
  });

  it.each([
    ['keeps what the same user had', 'Ada', 3],
    ['keeps nothing of another user', 'Bob', undefined],
  ])('over a session that is signed in %s', async (_, name, count) => {
    const t = createSessionTester(session, { data: { user: { ...ada, name }, count: 3 } });
    await t.action(() => signIn({}, form({ name: 'Ada', password: 'demo' })));
    await expect(t).toHaveSessionValue('user', expect.objectContaining({ name: 'Ada' }));
    expect((await t.read())?.count).toBe(count);
  });

  it('with a wrong password changes nothing', async () => {
    const t = createSessionTester(session, { data: { count: 3 } });
    const { result } = await t.action(() => signIn({}, form({ name: 'Ada', password: 'guess' })));
    expect(result).toEqual({ name: 'Ada', wrong: 'password' });
    expect(t).toHaveStoreCalls([]);
    await expect(t).toHaveSession({ count: 3 });
  });

  it('leaves no trace of the name', async () => {
    const t = createSessionTester(session);
    await t.action(() => signIn({}, form({ name: 'Ada Lovelace', password: 'demo' })));
    expect(t).toHaveSpan('next_app_session.store.set', { 'next_app_session.store.outcome': 'ok' });
    expect(t).not.toLeak('Lovelace');
  });

  it('ends with sign-out: the record and the cookie', async () => {
    const t = createSessionTester(session, { data: { user: ada } });
    const { redirect } = await t.action(signOut);
    expect(redirect?.url).toBe('/sign-in');
    await expect(t).not.toHaveSession();
    expect(t.cookie).toBe('');
  });
});

describe('the account page', () => {
  it('is for signed-in visitors', async () => {
    const t = createSessionTester(session);
    const { redirect } = await t.component(() => AccountPage());
    expect(redirect?.url).toBe('/sign-in?from=/account');
    const { response } = await t.proxy(proxy, { url: '/account' });
    expect(response.headers.get('location')).toBe('http://localhost/sign-in?from=%2Faccount');
  });

  it('keeps whoever comes back signed in: the proxy renews the cookie', async () => {
    const t = createSessionTester(session, { data: { user: ada } });
    for (let week = 0; week < 3; week++) {
      t.advance({ days: 6 });
      const { response, cookies } = await t.proxy(proxy, { url: '/account' });
      expect(response.headers.get('x-middleware-next')).toBe('1');
      expect(cookies).toMatchObject([{ name: 'sid', maxAge: 604_800 }]);
    }
    t.advance({ days: 8 });
    expect((await t.proxy(proxy, { url: '/account' })).response.status).toBe(307);
  });

  it('keeps nobody signed in for more than 30 days', async () => {
    const t = createSessionTester(session, { data: { user: ada } });
    for (let week = 0; week < 4; week++) {
      t.advance({ days: 6 });
      await t.proxy(proxy, { url: '/account' });
    }
    t.advance({ days: 5 });
    const { cookies } = await t.proxy(proxy, { url: '/account' });
    expect(cookies).toMatchObject([{ name: 'sid', maxAge: 86_400 }]);
    t.advance({ days: 1 });
    expect((await t.proxy(proxy, { url: '/account' })).response.status).toBe(307);
  });

  it('of two users shows each their own', async () => {
    const one = createSessionTester(session, { data: { user: ada } });
    const other = createSessionTester(session, {
      data: { user: { ...ada, name: 'Grace' } },
      store: one.store,
    });
    const user = () => session().get('user');
    expect((await one.component(user)).result?.name).toBe('Ada');
    expect((await other.component(user)).result?.name).toBe('Grace');
  });
});

it('the name form writes one key', async () => {
  const t = createSessionTester(session, { data: { count: 1 } });
  const { result } = await t.action(() => saveName({}, form({ name: ' Ada ' })));
  expect(result).toEqual({ saved: 'Ada' });
  await expect(t).toHaveSession({ count: 1, name: 'Ada' });
});

it('the API route of the Pages Router removes one', async () => {
  const t = createSessionTester(session, { data: { count: 1, legacyVisits: 2 } });
  expect((await t.pages(legacy, { method: 'DELETE' })).response.status).toBe(204);
  await expect(t).toHaveSession({ count: 1 });
});
