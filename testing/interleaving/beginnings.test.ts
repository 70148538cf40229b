import { expect, it, vi } from 'vitest';
import nextAppSession, { type SessionError } from '../../src/index.js';
import { createSessionTester } from '../tester/create-session-tester.js';
import { forEachInterleaving } from './for-each-interleaving.js';
import type { InterleavedHandler } from './run-order.js';

interface Data {
  user: string;
  n: number;
}

const session = nextAppSession<Data>({
  name: 'beginnings',
  secret: 'a secret that is long enough to be one',
  user: (data) => data.user,
});

/** What the app has beside the session. */
const app = { password: '' };
const before = () => {
  app.password = 'old';
};

const rejection = (work: Promise<unknown>) =>
  work.catch((error: SessionError) => error) as Promise<SessionError>;

const signIn: InterleavedHandler<Data, Record<string, unknown>> = (t) =>
  t.action(async () => {
    if (app.password === 'old') await session().regenerate(() => ({ user: 'ada' }));
  });

const changePassword: InterleavedHandler<Data, Record<string, unknown>> = ({ store }) =>
  createSessionTester(session, { store }).action(async () => {
    app.password = 'new';
    await session.user('ada').revokeAll();
  });

it.each([
  ['first', [signIn, changePassword], 'b revoked'],
  ['last', [changePassword, signIn], 'a revoked'],
])(
  'a handler that looks at what another one changes is found out, also if it stands %s',
  async (_, handlers, found) => {
    const error = await rejection(
      forEachInterleaving(session, { before }, handlers, async (t) => expect(await t.read()).toBeNull()),
    );
    expect(error.message).toContain(`The handlers fail in this order: ${found}`);
    const replay = /replay: '([ab ]+)'/.exec(error.message)?.[1];
    const again = forEachInterleaving(session, { before, replay }, handlers, async (t) =>
      expect(await t.read()).toBeNull(),
    );
    expect((await rejection(again)).message).toBe(error.message);
  },
);

const countBadly = () =>
  session()
    .get('n')
    .then((n) => session().set('n', (n ?? 0) + 1));

it('all orders are then run with each of them first', async () => {
  let count = 0;
  const error = await rejection(
    forEachInterleaving(
      session,
      {
        data: { n: 0 },
        before: () => {
          before();
          count = 0;
        },
      },
      [
        (t) => {
          app.password = 'new';
          count++;
          return t.action(countBadly);
        },
        async (t) => {
          if (app.password === 'new') return;
          count++;
          await t.action(countBadly);
        },
      ],
      async (t) => expect(await t.read()).toEqual({ n: count }),
    ),
  );
  expect(error.message).toContain('the check threw expected { n: 1 } to deeply equal { n: 2 }');
});

it('handlers that share nothing but the session run in as many orders as before', async () => {
  const add = () => session().update((data) => ({ ...data, n: (data.n ?? 0) + 1 }));
  const report = await forEachInterleaving(
    session,
    { data: { n: 0 } },
    [(t) => t.action(add), (t) => t.action(add)],
    async (t) => expect(await t.read()).toEqual({ n: 2 }),
  );
  expect(report).toEqual({ orders: 4, isComplete: true });
});

it('two handlers that fail one after the other are called no race', async () => {
  const error = await rejection(
    forEachInterleaving(session, { data: { n: 0 } }, [(t) => t.action(countBadly), () => {}], async (t) =>
      expect(await t.read()).toEqual({ n: 2 }),
    ),
  );
  expect(error.message).toMatch(
    /^This is no race\. Even one after the other, the handlers fail: a read, a wrote/,
  );
});

it('a handler that uses another tester than its own is told so, as its calls are in no order', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const other = createSessionTester(session, { data: { n: 0 } });
  const handlers = [() => other.action(countBadly), () => other.action(countBadly)];
  await forEachInterleaving(session, {}, handlers, () => {});
  expect(warn.mock.calls).toEqual([
    [expect.stringContaining('A handler has to use the tester that it gets')],
  ]);
  warn.mockClear();
  await forEachInterleaving(session, { data: { n: 0 } }, [(t) => t.action(countBadly), () => {}], () => {});
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});
