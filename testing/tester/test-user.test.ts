import { describe, expect, it } from 'vitest';
import nextAppSession from '../../src/index.js';
import { createSessionTester, type InspectableStore } from '../index.js';

describe('the sessions of a user', () => {
  const accounts = nextAppSession<{ userId: string; device: string }, { device: string }>({
    name: 'accounts',
    secret: 'a secret of these tests',
    user: (data) => data.userId,
    listed: (data) => ({ device: data.device ?? '' }),
  });
  const signedIn = (device: string, store?: InspectableStore) =>
    createSessionTester(accounts, { data: { userId: 'ada', device }, ...(store && { store }) });

  it('of testers that share a store are listed and revoked', async () => {
    const phone = signedIn('phone');
    const laptop = signedIn('laptop', phone.store);
    const tablet = signedIn('tablet', phone.store);
    const listed = await laptop.user().list();
    expect(listed.map(({ data, current }) => `${data.device} ${current}`).sort()).toEqual([
      'laptop true',
      'phone false',
      'tablet false',
    ]);
    const handle = listed.find(({ data }) => data.device === 'phone')?.handle ?? '';
    expect(await laptop.user().revoke(handle)).toBe(true);
    expect(await phone.read()).toBeNull();
    expect(await laptop.user('ada').revokeOthers()).toBe(1);
    expect(await tablet.read()).toBeNull();
    expect(await laptop.user().revokeAll()).toBe(1);
    expect(await laptop.read()).toBeNull();
    expect(laptop.cookie).toBe('');
  });

  it('are limited for sign-ins of the code under test, on the clock of the test, and not for what a tester seeds', async () => {
    const limited = nextAppSession<{ userId: string; n: number }>({
      name: 'limited',
      secret: 'a secret of these tests',
      user: (data) => data.userId,
      maxSessions: 2,
    });
    const data = { userId: 'ada' };
    const first = createSessionTester(limited, { data });
    const [second, third, fourth] = [{ data }, { data }, {}].map((options) =>
      createSessionTester(limited, { ...options, store: first.store }),
    );
    expect(await first.user().list()).toHaveLength(3);
    first.advance({ minutes: 5 });
    await second?.action(() => limited().set('n', 1));
    await fourth?.action(() => limited().regenerate(() => data));
    expect(await first.user('ada').list()).toHaveLength(2);
    expect([await first.read(), await third?.read()]).toEqual([null, null]);
    expect(await second?.read()).toEqual({ ...data, n: 1 });
  });

  it('are only those in this tester’s store', async () => {
    const t = signedIn('phone');
    expect(await createSessionTester(accounts).user('ada').list()).toEqual([]);
    expect(await t.user().list()).toHaveLength(1);
  });

  it('appear in the calls of the store, and can be made to fail', async () => {
    const t = signedIn('phone');
    await t.user().list();
    expect(t.store.calls).toMatchObject([
      { operation: 'get', outcome: 'hit' },
      { operation: 'list', outcome: 'ok' },
    ]);
    expect(t.telemetry.spans('next_app_session.store.list')).toHaveLength(1);
    t.store.fail('list', { times: 1 });
    await expect(t.user().list()).rejects.toMatchObject({ code: 'ERR_SESSION_STORE' });
  });

  it('that have several users are listed by each, and user() is the first of them', async () => {
    const teams = nextAppSession<{ userId: string; team: string }>({
      name: 'teams',
      secret: 'a secret of these tests',
      user: ({ userId, team }) => [userId, team && `team:${team}`],
    });
    const ada = createSessionTester(teams, { data: { userId: 'ada', team: 'red' } });
    const bob = createSessionTester(teams, { data: { userId: 'bob', team: 'red' }, store: ada.store });
    expect(await bob.read()).toMatchObject({ userId: 'bob' });
    expect(await ada.user().list()).toHaveLength(1);
    expect(await ada.user('team:red').list()).toHaveLength(2);
    const before = await ada.store.snapshot();
    expect(await ada.user('team:red').revokeOthers()).toBe(1);
    expect([await bob.read(), await ada.user('bob').list()]).toEqual([null, []]);
    await ada.store.restore(before);
    expect(await ada.user('bob').list()).toHaveLength(1);
    expect(await ada.user('team:red').revokeAll()).toBe(2);
    expect(await ada.read()).toBeNull();
  });

  it('come back with a snapshot', async () => {
    const t = signedIn('phone');
    await t.read();
    const before = await t.store.snapshot();
    await t.user('ada').revokeAll();
    await t.store.restore(before);
    expect(await t.user('ada').list()).toHaveLength(1);
  });

  it('need a user who is signed in, or an ID', async () => {
    const t = createSessionTester(accounts);
    await expect(t.user().list()).rejects.toMatchObject({ code: 'ERR_SESSION_OPTIONS' });
  });

  it('throw an error that names the user option, if the app does not set it', async () => {
    const t = createSessionTester(nextAppSession({ name: 'plain', secret: 'a secret of these tests' }));
    await expect(t.user('ada').list()).rejects.toMatchObject({
      message: expect.stringContaining('needs the user option'),
    });
  });
});
