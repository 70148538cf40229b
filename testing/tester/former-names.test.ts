import { sign } from 'cookie-signature';
import { expect, it } from 'vitest';
import { nextAppSession } from '../../src/next-app-session.js';
import { createSessionTester } from './create-session-tester.js';

const secret = 'a secret of an app whose cookie gets another name';

it('a tester with a cookie of a former name has its session, and gets the first name with a write', async () => {
  const before = nextAppSession<{ user: string; n: number }>({ secret, name: 'sid' });
  const session = nextAppSession<{ user: string; n: number }>({ secret, name: ['id', 'sid'] });
  const old = createSessionTester(before, { data: { user: 'ada' } });
  const id = await old.id();
  const t = createSessionTester(session, {
    store: old.store,
    cookies: { sid: `s:${sign(id ?? '', secret)}` },
  });
  expect(await t.read()).toEqual({ user: 'ada' });
  expect(await t.component(async () => session().get('user'))).toMatchObject({ result: 'ada' });
  const { cookies } = await t.action(() => session().set('n', 1));
  expect(cookies.map(({ name }) => name).toSorted()).toEqual(['id', 'sid']);
  expect(await t.id()).toBe(id);
  expect(await t.read()).toEqual({ user: 'ada', n: 1 });
  await t.seed({ user: 'eve' });
  expect(await t.read()).toEqual({ user: 'eve' });
});
