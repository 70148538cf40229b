import assert from 'node:assert';
import { test } from 'node:test';
import { expect } from 'expect';
import nextAppSession from 'next-app-session';
import { createSessionTester, sessionMatchers } from 'next-app-session/testing';

expect.extend(sessionMatchers);
const session = nextAppSession({ secret: 'a secret of these tests' });

test('a Route Handler with a session', async () => {
  const t = createSessionTester(session, { data: { n: 1 } });
  const { response } = await t.route(async () => {
    await session().update((data) => ({ ...data, n: data.n + 1 }));
    return Response.json(await session().all());
  });
  assert.deepEqual(await response.json(), { n: 2 });
  assert.deepEqual(await t.read(), { n: 2 });
});

test('the matchers, on the expect of Jest', async () => {
  const t = createSessionTester(session, { data: { n: 1 } });
  const outcome = await t.action(() => session().regenerate());
  await expect(t).toHaveSession({ n: 1 });
  await expect(t).toHaveRotatedSessionId();
  expect(outcome).toSetCookie('sid', { httpOnly: true });
  await assert.rejects(() => expect(t).toHaveSession({ n: 2 }), /toHaveSession/);
});

test('a session that is idle for too long has ended', async () => {
  const t = createSessionTester(session, { data: { n: 1 } });
  t.advance({ days: 2 });
  assert.equal(await t.read(), null);
});
