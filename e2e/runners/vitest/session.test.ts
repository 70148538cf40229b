import { createSessionTester } from 'next-app-session/testing';
import { sessionTest } from 'next-app-session/testing/vitest';
import { test as base, describe, expect, it } from 'vitest';
import { signIn } from '@/app/account/actions';
import { session } from '@/lib/session';
import { sessionSuite } from './suite';

sessionSuite({ describe, it }, (actual, expected) => expect(actual).toEqual(expected));

it('has matchers, with types', async () => {
  const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
  const outcome = await t.action(() => signIn('bob'));
  await expect(t).toHaveSession();
  await expect(t).toHaveSession({ user: 'bob', n: expect.any(Number) });
  await expect(t).not.toHaveSession({ user: 'ada' });
  await expect(t).toHaveSessionValue('user', 'bob');
  await expect(t).toHaveRotatedSessionId();
  expect(outcome).toSetCookie('sid', { httpOnly: true, maxAge: 3600 });
  expect(t).toHaveStoreCalls(['get hit', 'set ok', { operation: 'set', outcome: 'ok' }]);
  expect(t).toHaveSpan('next_app_session.store.get', { 'next_app_session.store.outcome': 'hit' });
  expect(t).not.toLeak('bob');
  // @ts-expect-error a cookie has no such attribute
  expect(outcome).not.toSetCookie('sid', { nonsense: true });
});

it('whose failures show the difference', async () => {
  const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
  const failure = await expect(t)
    .toHaveSession({ user: 'bob', n: 1 })
    .catch((error: Error) => error.message);
  expect(failure).toContain('toHaveSession');
  expect(failure).toMatch(/-\s+"user": "bob"/);
  expect(failure).toMatch(/\+\s+"user": "ada"/);
});

base.extend(sessionTest(session, { data: { user: 'ada', n: 1 } }))(
  'has a fixture, with types',
  async ({ t }) => {
    await t.action(() => session().set('n', 2));
    await expect(t).toHaveSession({ user: 'ada', n: 2 });
    // @ts-expect-error a value of another type
    await t.seed({ n: '2' });
  },
);
