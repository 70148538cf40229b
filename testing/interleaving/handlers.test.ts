import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NextResponse } from 'next/server.js';
import { afterEach, expect, it, vi } from 'vitest';
import nextAppSession from '../../src/index.js';
import { createSessionTester } from '../tester/create-session-tester.js';
import type { SessionTester } from '../tester/session-tester.js';
import { forEachInterleaving } from './for-each-interleaving.js';

interface Data {
  userId: string;
  count: number;
  a: number;
  b: number;
}

const secret = 'a secret that is long enough to be one';
const session = nextAppSession<Data>({ name: 'handlers', secret });
const limited = nextAppSession<Data>({
  name: 'limited',
  secret,
  user: (data) => data.userId,
  maxSessions: 1,
});

const increment = () => session().update(({ count = 0, ...data }) => ({ ...data, count: count + 1 }));
const act = (t: SessionTester<Data>) => t.action(increment);

afterEach(() => void vi.useRealTimers());

it('three, of which each makes the two others try again', async () => {
  const report = await forEachInterleaving(session, { data: { count: 0 } }, [act, act, act], async (t) =>
    expect(await t.read()).toEqual({ count: 3 }),
  );
  expect(report).toEqual({ orders: 60, isComplete: true });
});

it('one that makes several calls at once', async () => {
  const several = () =>
    Promise.all([session().set('a', 1), increment(), session().get('count'), session().set('b', 2)]);
  const report = await forEachInterleaving(
    session,
    { data: { count: 0 } },
    [(t) => t.action(several), act],
    async (t) => expect(await t.read()).toEqual({ a: 1, b: 2, count: 2 }),
  );
  expect(report.isComplete).toBe(true);
  expect(report.orders).toBeGreaterThan(4);
});

it('two browsers that sign in one user, who may have one session: they take turns', async () => {
  const signIn = async (t: SessionTester<Data>) => {
    const browser = createSessionTester(limited, { store: t.store });
    await browser.action(() => limited().set('userId', 'ada'));
  };
  const report = await forEachInterleaving(limited, {}, [signIn, signIn], async (t) =>
    expect(await t.user('ada').list()).toHaveLength(1),
  );
  expect(report.isComplete).toBe(true);
  expect(report.orders).toBeGreaterThan(1);
});

it('those of a browser that before has made, for another visitor', async () => {
  let bob: SessionTester<Data> | undefined;
  const incrementBadly = async () => {
    const count = (await session().get('count')) ?? 0;
    await session().set('count', count + 1);
  };
  const race = forEachInterleaving(
    session,
    {
      before: ({ store }) => {
        bob = createSessionTester(session, { store, data: { count: 0 } });
      },
    },
    [() => bob?.action(incrementBadly), () => bob?.action(incrementBadly)],
    async () => expect(await bob?.read()).toEqual({ count: 2 }),
  );
  await expect(race).rejects.toMatchObject({ code: 'ERR_SESSION_RACE' });
});

it('one that fetches', async () => {
  const server = createServer((_, response) => setTimeout(() => response.end('7'), 10)).listen(
    0,
    '127.0.0.1',
  );
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const report = await forEachInterleaving(
    session,
    { data: { count: 0 } },
    [
      (t) =>
        t.action(async () => {
          await session().get('count');
          await session().set('a', Number(await (await fetch(url)).text()));
        }),
      act,
    ],
    async (t) => expect(await t.read()).toEqual({ a: 7, count: 1 }),
  );
  server.close();
  expect(report).toEqual({ orders: 4, isComplete: true });
});

it('under fake timers', async () => {
  vi.useFakeTimers();
  const report = await forEachInterleaving(session, { data: { count: 0 } }, [act, act], async (t) =>
    expect(await t.read()).toEqual({ count: 2 }),
  );
  expect(report).toEqual({ orders: 4, isComplete: true });
});

it('of all kinds of code, each in its own place', async () => {
  await forEachInterleaving(
    session,
    { data: { count: 0 } },
    [
      (t) => t.component(() => session().get('count')),
      (t) =>
        t.pages(async (req, res) => {
          await session(req, res).set('a', 1);
          res.json({});
        }),
      (t) =>
        t.proxy(async (request) => {
          const response = NextResponse.next();
          await session(request, response).set('b', 2);
          return response;
        }),
    ],
    async (t) => expect(await t.read()).toEqual({ a: 1, b: 2, count: 0 }),
  );
});
