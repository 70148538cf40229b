import { describe, expect, it } from 'vitest';
import nextAppSession, { type Options } from '../../src/index.js';
import { createSessionTester, InspectableStore } from '../index.js';

interface Data {
  user: string;
  n: number;
}

const KEY = 'the encryption key of these tests';

const open = (options: Options<Data> = {}) =>
  nextAppSession<Data>({
    secret: 'a secret of these tests',
    encryptionKey: KEY,
    idleTimeout: 1800,
    user: ({ user }) => user,
    ...options,
  });

const session = open();
const increment = () => session().update((data) => ({ ...data, n: (data.n ?? 0) + 1 }));

describe('a tester of a session with encryptionKey', () => {
  it('seeds, reads and ends sessions, and its clock counts', async () => {
    const t = createSessionTester(session, { data: { user: 'ada' } });
    await t.action(increment);
    expect(await t.read()).toEqual({ user: 'ada', n: 1 });
    t.advance({ minutes: 29 });
    await t.action(increment);
    t.advance({ minutes: 29 });
    expect(await t.read()).toEqual({ user: 'ada', n: 2 });
    t.advance({ minutes: 2 });
    expect(await t.read()).toBeNull();
    await t.seed({ n: 7 });
    await t.expire();
    expect((await t.component(() => session().all())).result).toEqual({});
  });

  it('lists and revokes the sessions of a user that it has seeded', async () => {
    const store = new InspectableStore();
    const [t] = await Promise.all(
      [1, 2].map(async (n) => {
        const tester = createSessionTester(session, { store, data: { user: 'ada', n } });
        await tester.read();
        return tester;
      }),
    );
    expect(await t?.user().list()).toHaveLength(2);
    expect(await t?.user().revokeAll()).toBe(2);
    expect(await t?.read()).toBeNull();
  });

  it('its store shows what the records hold, restores them, and raw shows them as they are stored', async () => {
    const t = createSessionTester(session, { data: { user: 'ada' } });
    await t.action(increment);
    const snapshot = await t.store.snapshot();
    expect(JSON.stringify([...snapshot])).not.toContain('ada');
    await t.action(increment);
    expect(await t.store.sessions()).toMatchObject([{ data: { user: 'ada', n: 2 } }]);
    expect(await t.store.raw((await t.id()) ?? '')).toEqual({
      cookie: { expires: t.now + 1_800_000 },
      __session: expect.stringMatching(/^s1\./),
    });
    await t.store.restore(snapshot);
    expect(await t.read()).toEqual({ user: 'ada', n: 1 });
    await t.destroy();
    expect(await t.store.sessions()).toEqual([]);
    expect(await t.user('ada').list()).toEqual([]);
  });
});

it('an InspectableStore that an app has as its store shows sealed sessions, without a tester', async () => {
  const store = new InspectableStore();
  const headers = new Map<string, readonly string[]>();
  const response = {
    headersSent: false,
    getHeader: (name: string) => headers.get(name),
    setHeader: (name: string, value: readonly string[]) => headers.set(name, value),
  };
  await open({ store })({ headers: {}, cookies: {} } as never, response as never).set('n', 1);
  expect(await store.sessions()).toMatchObject([{ data: { n: 1 } }]);
});

it('an InspectableStore shows nothing of what another key sealed', async () => {
  const store = new InspectableStore();
  const other = open({ encryptionKey: 'another key that this test does not have' });
  const t = createSessionTester(other, { store, data: { user: 'ada' } });
  expect(await t.read()).toEqual({ user: 'ada' });
  const seen = new InspectableStore();
  const own = createSessionTester(session, { store: seen });
  await seen.restore(await store.snapshot());
  own.keep(new Response(null, { headers: { 'set-cookie': `sid=${t.cookie.slice('sid='.length)}` } }));
  expect([await own.read(), await seen.sessions()]).toEqual([null, []]);
});
