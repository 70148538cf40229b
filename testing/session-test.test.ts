import { test as base, describe, expect, expectTypeOf } from 'vitest';
import nextAppSession from '../src/index.js';
import type { InspectableStore, SessionTester, TesterOptions } from './index.js';
import { sessionTest } from './vitest.js';

type Data = { user: string; n: number };
const session = nextAppSession<Data, { user: string }>({ secret: 'a secret of these tests' });
const test = base.extend(sessionTest(session, { data: { user: 'ada', n: 1 } }));
const addOne = () => session().update(({ n = 0, ...data }) => ({ ...data, n: n + 1 }));

const seen = new Set<InspectableStore>();

describe('a test with a tester', () => {
  for (const time of ['first', 'second']) {
    test(`has the session that it was given, the ${time} time too`, async ({ t }) => {
      await t.action(addOne);
      await expect(t).toHaveSession({ user: 'ada', n: 2 });
      expect(seen).not.toContain(t.store);
      seen.add(t.store);
    });
  }

  test('has typed fixtures', ({ t, testerOptions }) => {
    expectTypeOf(t).toEqualTypeOf<SessionTester<Data, { user: string }>>();
    expectTypeOf(testerOptions).toEqualTypeOf<TesterOptions<Data>>();
  });

  test.for([1, 2])('works with test.for: %i', async (n, { t }) => {
    await t.seed({ n });
    await t.action(addOne);
    await expect(t).toHaveSession({ n: n + 1 });
  });
});

describe('a group of tests', () => {
  test.override({ testerOptions: {} });

  test('may have another visitor', async ({ t }) => {
    await expect(t).not.toHaveSession();
  });
});

describe('other fixtures', () => {
  const more = test.extend('form', () => new FormData());

  more('are used beside it, and those of a test run in parallel too', async ({ t, form }) => {
    form.set('user', 'bob');
    await t.action(() => session().set('user', String(form.get('user'))));
    await expect(t).toHaveSessionValue('user', 'bob');
  });
});

// @ts-expect-error a key that the session does not have
base.extend(sessionTest(session, { data: { colour: 'red' } }));
// @ts-expect-error session() is not the session function
sessionTest(session());
