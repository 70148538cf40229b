import type { GetServerSideProps } from 'next';
import { describe, expect, it } from 'vitest';
import nextAppSession from '../../src/index.js';
import { createSessionTester } from '../index.js';

const session = nextAppSession<{ user: string; n: number }>({ secret: 'a secret of these tests' });
const tester = () => createSessionTester(session, { data: { user: 'ada', n: 1 } });

/** Calls the tester with a function that TypeScript would not allow. */
const returning = (result: unknown) => tester().serverSideProps(async () => result as { props: object });

describe('getServerSideProps', () => {
  it('reads and writes the session, and its cookie is set', async () => {
    const t = createSessionTester(session);
    const visit: GetServerSideProps<{ n: number }> = async ({ req, res }) => {
      await session(req, res).update(({ n = 0 }) => ({ n: n + 1 }));
      return { props: { n: (await session(req, res).get('n')) ?? 0 } };
    };
    const { props, redirect, notFound, response, cookies } = await t.serverSideProps(visit);
    expect({ props, redirect, notFound }).toEqual({ props: { n: 1 }, redirect: undefined, notFound: false });
    expect(response.status).toBe(200);
    expect(cookies).toMatchObject([{ name: 'sid', httpOnly: true }]);
    expect((await t.serverSideProps(visit)).props).toEqual({ n: 2 });
    expect(await t.read()).toEqual({ n: 2 });
  });

  it('gets the context that Next gives', async () => {
    const t = createSessionTester(session, { cookies: { theme: 'dark' }, headers: { 'x-from': 'test' } });
    let given: unknown;
    await t.serverSideProps(
      async ({ req, res, ...context }) => {
        const { method, url, headers, cookies } = req;
        given = { ...context, method, url, from: headers['x-from'], cookies, sent: res.headersSent };
        return { props: {} };
      },
      { url: '/items/7?tab=a&tab=b&sort=up', params: { id: '7' } },
    );
    expect(given).toEqual({
      query: { tab: ['a', 'b'], sort: 'up', id: '7' },
      params: { id: '7' },
      resolvedUrl: '/items/7?tab=a&tab=b&sort=up',
      locales: [],
      method: 'GET',
      url: '/items/7?tab=a&tab=b&sort=up',
      from: 'test',
      cookies: { theme: 'dark' },
      sent: false,
    });
  });

  it('may return a promise of the props', async () => {
    expect((await returning({ props: Promise.resolve({ n: 1 }) })).props).toEqual({ n: 1 });
  });

  it('may redirect', async () => {
    const signIn = { destination: '/sign-in', permanent: false } as const;
    const { props, redirect, response } = await returning({ redirect: signIn });
    expect({ props, redirect }).toEqual({ props: undefined, redirect: signIn });
    expect([response.status, response.headers.get('location')]).toEqual([307, '/sign-in']);
    const moved = await returning({ redirect: { destination: '/', permanent: true } });
    expect(moved.response.status).toBe(308);
    const other = await returning({ redirect: { destination: '/', statusCode: 303 } });
    expect(other.response.status).toBe(303);
  });

  it('may find nothing, and its cookies are set all the same', async () => {
    const t = createSessionTester(session);
    const { notFound, response, cookies } = await t.serverSideProps(async ({ req, res }) => {
      await session(req, res).set('n', 1);
      return { notFound: true };
    });
    expect([notFound, response.status, cookies.length]).toEqual([true, 404, 1]);
  });

  it('may answer by itself', async () => {
    const { props, response } = await tester().serverSideProps(async ({ res }) => {
      res.writeHead(302, { location: '/elsewhere' }).end();
      return { props: { n: 1 } };
    });
    expect(props).toBeUndefined();
    expect([response.status, response.headers.get('location')]).toEqual([302, '/elsewhere']);
  });

  it('may set the status and headers of the page', async () => {
    const { response } = await tester().serverSideProps(async ({ res }) => {
      res.statusCode = 410;
      res.setHeader('cache-control', 'no-store');
      return { props: {} };
    });
    expect([response.status, response.headers.get('cache-control')]).toEqual([410, 'no-store']);
  });

  it('that throws makes the call throw', async () => {
    const failing = tester().serverSideProps(async () => {
      throw new Error('this one');
    });
    await expect(failing).rejects.toThrow('this one');
  });
});

describe('what Next does not take', () => {
  it.each<[result: unknown, says: string]>([
    [undefined, 'getServerSideProps returned undefined. Return { props }'],
    [null, 'returned null. Return { props }'],
    [{}, 'returned no props'],
    [{ user: 'ada' }, 'returned user. Put what is for the page into props'],
    [{ redirect: {} }, 'a redirect without a destination'],
    [{ redirect: { destination: '/', statusCode: 200 } }, 'a wrong status'],
    [{ redirect: { destination: '/', statusCode: 307, permanent: false } }, 'a wrong status'],
  ])('%j', async (result, says) => {
    await expect(returning(result)).rejects.toMatchObject({
      code: 'ERR_SESSION_TESTING',
      message: expect.stringContaining(says),
    });
  });

  it('props that are not JSON: the error is that of next dev', async () => {
    const props = async () => ({ props: { since: new Date(), user: undefined } });
    await expect(tester().serverSideProps(props, { url: '/account' })).rejects.toThrow(
      /Error serializing `.since` returned from `getServerSideProps` in "\/account"/,
    );
  });
});

it('an API route has what the query gives twice, too', async () => {
  const echo = async (req: { query: object }, res: { json(body: object): void }) => res.json(req.query);
  const { response } = await tester().pages(echo, { url: '/?tab=a&tab=b', query: { id: '7' } });
  expect(await response.json()).toEqual({ tab: ['a', 'b'], id: '7' });
});

it('an API route that redirects has the location, with and without a cookie', async () => {
  const t = createSessionTester(session);
  for (const sets of [false, true]) {
    const { response } = await t.pages(async (req, res) => {
      if (sets) await session(req, res).set('n', 1);
      res.redirect('/elsewhere');
    });
    expect([response.status, response.headers.get('location')]).toEqual([307, '/elsewhere']);
  }
});
