// The session tester under node:test, on the version of Next that is installed here. The session comes first, so that
// Next loads before the testing entry: an order that its AsyncLocalStorages do not survive by themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import cache from 'next/cache.js';
import headers from 'next/headers.js';
import navigation from 'next/navigation.js';
import server from 'next/server.js';
import nextAppSession from 'next-app-session';
import { createSessionTester, forEachInterleaving, mockCookies } from 'next-app-session/testing';
import { createContext, createElement as h, Suspense, useContext, useState } from 'react';

const session = nextAppSession({ secret: 'a secret of this test', cookie: { maxAge: 3600 } });
const ofUsers = nextAppSession({ secret: 'a secret of this test', user: ({ user }) => user });

async function increment() {
  await session().update((data) => ({ ...data, n: (data.n ?? 0) + 1 }));
  return Response.json({ n: await session().get('n') });
}

test('route: read, write, cookie, redirect, not found', async () => {
  const t = createSessionTester(session);
  const { response, cookies } = await t.route(increment, { method: 'POST' });
  assert.deepEqual(await response.json(), { n: 1 });
  assert.equal(cookies.length, 1);
  assert.equal(cookies[0].httpOnly, true);
  assert.equal(cookies[0].maxAge, 3600);
  await t.route(increment);
  assert.deepEqual(await t.read(), { n: 2 });
  const go = async () => {
    await session().set('user', 'ada');
    navigation.redirect('/home');
  };
  const moved = await createSessionTester(session).route(go);
  assert.equal(moved.response.status, 307);
  assert.equal(moved.response.headers.get('location'), '/home');
  assert.equal(moved.cookies.length, 1);
  const lost = await t.route(async () => navigation.notFound());
  assert.equal(lost.response.status, 404);
});

test('action: result, redirect, revalidated', async () => {
  const t = createSessionTester(session, { data: { user: 'ada' } });
  const outcome = await t.action(async () => {
    await session().regenerate((data) => ({ ...data, admin: true }));
    cache.revalidatePath('/account');
    return 'done';
  });
  assert.equal(outcome.result, 'done');
  assert.deepEqual(outcome.revalidated, ['/account']);
  assert.equal(outcome.cookies.length, 1);
  assert.deepEqual(await t.read(), { user: 'ada', admin: true });
  const { redirect } = await t.action(() => navigation.redirect('/x'));
  assert.equal(redirect.url, '/x');
});

test('component: reads, headers, and cannot write', async () => {
  const t = createSessionTester(session, { data: { user: 'ada' }, headers: { 'x-one': '1' } });
  const { result } = await t.component(async () => [
    await session().get('user'),
    (await headers.headers()).get('x-one'),
  ]);
  assert.deepEqual(result, ['ada', '1']);
  await assert.rejects(
    t.component(() => session().set('n', 1)),
    { code: 'ERR_SESSION_READ_ONLY' },
  );
});

test('proxy: reads and writes by request and response', async () => {
  const t = createSessionTester(session);
  const { cookies } = await t.proxy(async (request) => {
    const response = server.NextResponse.next();
    await session(request, response).set('n', 1);
    return response;
  });
  assert.deepEqual(
    cookies.map(({ name }) => name),
    ['sid'],
  );
  assert.deepEqual(await t.read(), { n: 1 });
});

test('pages: an API route', async () => {
  const t = createSessionTester(session);
  const { response } = await t.pages(
    async (req, res) => {
      await session(req, res).set('user', req.body.name);
      res.status(201).json({ ok: true });
    },
    { body: { name: 'ada' } },
  );
  assert.equal(response.status, 201);
  assert.deepEqual(await t.read(), { user: 'ada' });
});

test('pages: getServerSideProps', async () => {
  const t = createSessionTester(session, { cookies: { theme: 'dark' } });
  const getServerSideProps = async ({ req, res, query, params, resolvedUrl }) => {
    await session(req, res).set('n', 1);
    const { theme } = req.cookies;
    return { props: { n: await session(req, res).get('n'), theme, query, params, resolvedUrl } };
  };
  const { props, cookies } = await t.serverSideProps(getServerSideProps, {
    url: '/x?a=1',
    params: { id: '7' },
  });
  const query = { a: '1', id: '7' };
  assert.deepEqual(props, { n: 1, theme: 'dark', query, params: { id: '7' }, resolvedUrl: '/x?a=1' });
  assert.equal(cookies.length, 1);
  const wrong = async () => ({ props: { now: new Date() } });
  await assert.rejects(t.serverSideProps(wrong), /Error serializing `.now`/);
});

test('render: async components, their layout, hooks, Suspense, redirect', async () => {
  const t = createSessionTester(session, { data: { user: 'ada' } });
  let runs = 0;
  const Theme = createContext('light');
  const Where = () => `${navigation.usePathname()} ${navigation.useSearchParams().get('tab')}`;
  const Client = ({ children }) => {
    const [n] = useState(7);
    return h('section', { className: useContext(Theme) }, n, h(Where), children);
  };
  const Greeting = async () => {
    runs++;
    await new Promise((resolve) => setTimeout(resolve, 10));
    return h('p', null, 'Hello ', await session().get('user'), h(Nested));
  };
  const Nested = async () => h('b', null, (await headers.headers()).get('x-one'));
  const Layout = async ({ children, side }) =>
    h('main', null, side, h(Theme.Provider, { value: 'dark' }, children));
  const suspended = h(Suspense, { fallback: 'wait' }, [h(Greeting, { key: 1 }), h('hr', { key: 2 })]);
  const page = h(Layout, { side: h(Nested) }, h(Client, null, suspended));
  const { html } = await t.render(page, { url: '/x?tab=a', headers: { 'x-one': '1' } });
  assert.equal(
    html,
    '<main><b>1</b><section class="dark">7/x a<p>Hello ada<b>1</b></p><hr/></section></main>',
  );
  assert.equal(runs, 1);

  const Guarded = async () => navigation.redirect('/sign-in');
  const { redirect } = await t.render(h('main', null, h(Suspense, { fallback: 'wait' }, h(Guarded))));
  assert.equal(redirect.url, '/sign-in');
  const Writer = async () => session().set('n', 1);
  await assert.rejects(t.render(h(Writer)), { code: 'ERR_SESSION_READ_ONLY' });
});

test('twenty testers in parallel stay apart; time is theirs', async () => {
  const testers = Array.from({ length: 20 }, (_, n) => createSessionTester(session, { data: { n } }));
  await Promise.all(testers.map((t) => t.route(increment)));
  for (const [n, t] of testers.entries()) assert.deepEqual(await t.read(), { n: n + 1 });
  testers[0].advance({ hours: 2 });
  assert.equal(await testers[0].read(), null);
  assert.notEqual(await testers[1].read(), null);
});

test('the sessions of a user: in a request, and in a job outside of one', async () => {
  const [phone, laptop] = [1, 2].map(() => createSessionTester(ofUsers, { data: { user: 'ada' } }));
  const listed = await laptop.route(async () => Response.json(await ofUsers.user('ada').list()));
  assert.deepEqual(
    (await listed.response.json()).map(({ current }) => current),
    [true],
  );
  assert.equal((await phone.user('ada').list()).length, 1);

  const job = ofUsers.user('grace');
  assert.deepEqual(await job.list(), []);
  assert.equal(await job.revokeAll(), 0);
  await assert.rejects(job.revokeOthers(), { code: 'ERR_SESSION_NO_REQUEST' });
});

test('two requests at once, in every order of their store calls', async () => {
  const lossy = async () => {
    const n = await session().get('n');
    await session().set('n', n + 1);
    return Response.json({});
  };
  const run = (handler) =>
    forEachInterleaving(
      session,
      { data: { n: 0 } },
      [(t) => t.route(handler), (t) => t.route(handler)],
      async (t) => assert.deepEqual(await t.read(), { n: 2 }),
    );
  assert.deepEqual(await run(increment), { orders: 4, isComplete: true });
  await assert.rejects(run(lossy), {
    code: 'ERR_SESSION_RACE',
    message: /(a read, b read|b read, a read), /,
  });
});

test('a jar that the test made needs nothing of Next', async () => {
  const jar = mockCookies();
  const t = createSessionTester(session, { jar });
  await t.run('action', () => session().set('n', 1));
  assert.equal(jar.setCookies().length, 1);
  assert.deepEqual(await t.read(), { n: 1 });
});
