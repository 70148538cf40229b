import 'next-app-session/testing/jest';
import { describe, expect, it } from 'bun:test';
import { createSessionTester, type SessionMatchers } from 'next-app-session/testing';
import { signIn } from '@/app/account/actions';
import { session } from '@/lib/session';
import { sessionSuite } from './suite';

declare module 'bun:test' {
  interface Matchers<T> extends SessionMatchers<T> {}
}

sessionSuite({ describe, it }, (actual, expected) => expect(actual).toEqual(expected));

it('has matchers, on an expect that is imported', async () => {
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
});

it('whose failures show both values', async () => {
  const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
  // Bun waits inside the matcher, and throws at once.
  const failure = await Promise.resolve()
    .then(() => expect(t).toHaveSession({ user: 'bob', n: 1 }))
    .catch((error: Error) => error.message);
  expect(failure).toContain('toHaveSession');
  expect(failure).toMatch(/Expected: \{[^}]*"bob"/);
  expect(failure).toMatch(/Received: \{[^}]*"ada"/);
});
