import 'next-app-session/testing/vitest';
import { createSessionTester } from 'next-app-session/testing';
import { describe, expect, it } from 'vitest';
import { DELETE, POST } from '@/app/api/counter/naive/route';
import { runExperiment } from '@/app/testing/actions';
import { session } from '@/lib/session';

/** Runs an experiment as the page does: a visitor's form, sent to a Server Action. */
async function run(experiment: string) {
  const visitor = createSessionTester(session, { data: { count: 7 } });
  const form = new FormData();
  form.set('experiment', experiment);
  const { result, cookies } = await visitor.action(() => runExperiment([], form));
  // It neither reads nor writes the session of whoever asks.
  expect(visitor).toHaveStoreCalls([]);
  expect(cookies).toEqual([]);
  return result?.map(({ value, calls }) => [
    JSON.parse(value),
    calls.map(({ operation, outcome }) => `${operation} ${outcome}`).join(', '),
  ]);
}

describe('an experiment', () => {
  it('shows a store that fails', async () => {
    expect(await run('failingStore')).toEqual([
      ['ERR_SESSION_STORE', 'get hit, set error'],
      [{ count: 1 }, ''],
      [{ count: 2 }, 'get hit, set ok'],
    ]);
  });

  it('shows a race', async () => {
    expect(await run('race')).toEqual([
      [{ count: 3, naiveCount: 0 }, expect.stringMatching(/(set conflict.*){2}(set ok.*){3}/)],
      [{ count: 3, naiveCount: 1 }, expect.stringMatching(/(get hit.*){3}(set ok.*){3}/)],
    ]);
  });

  it('shows a clock', async () => {
    expect(await run('clock')).toEqual([
      ['/account', 'get hit, set ok, set ok'],
      ['/account', 'get hit, set ok, set ok'],
      ['http://localhost/sign-in?from=%2Faccount', ''],
    ]);
  });

  it('that is not there shows nothing', async () => {
    for (const name of ['', 'toString', 'failing-store']) expect(await run(name)).toEqual([]);
  });
});

it('the naive way to count loses clicks that come at once', async () => {
  const t = createSessionTester(session);
  await t.route(DELETE, { method: 'DELETE' });
  await Promise.all([1, 2, 3].map(() => t.route(POST, { method: 'POST' })));
  await expect(t).toHaveSession({ naiveCount: 1 });
});
