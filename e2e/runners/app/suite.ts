import {
  createSessionTester,
  forEachInterleaving,
  InspectableStore,
  recordTelemetry,
} from 'next-app-session/testing';
import { createElement, Suspense } from 'react';
import { signIn } from '@/app/account/actions';
import Page from '@/app/account/page';
import { POST } from '@/app/api/counter/route';
import { session } from '@/lib/session';

/** What a runner's test file gives: this is the same for each of them. */
export interface Runner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
}

/** The app's own code, tested with a session. Matchers are in the test files, where their types are the runner's. */
export function sessionSuite({ describe, it }: Runner, same: (actual: unknown, expected: unknown) => void) {
  describe('the app’s code', () => {
    it('a Route Handler with a session', async () => {
      const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
      const { response } = await t.route(POST, { method: 'POST' });
      same(await response.json(), { n: 2 });
      same(await t.read(), { user: 'ada', n: 2 });
    });

    it('an action that redirects', async () => {
      const t = createSessionTester(session);
      const { redirect, cookies } = await t.action(() => signIn('ada'));
      same(redirect, { url: '/account', type: 'push' });
      same(
        cookies.map(({ name, httpOnly }) => [name, httpOnly]),
        [['sid', true]],
      );
      const page = await t.component(() => Page());
      same(page.redirect, undefined);
    });

    it('the HTML of an async Server Component', async () => {
      const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
      const { html } = await t.render(createElement(Suspense, null, createElement(Page)));
      same(html, '<p>Hello ada</p>');
    });

    it('users in parallel', async () => {
      const users = Array.from({ length: 50 }, (_, n) =>
        createSessionTester(session, { data: { user: `${n}`, n } }),
      );
      await Promise.all(users.map((t) => t.route(POST)));
      for (const [n, t] of users.entries()) same(await t.read(), { user: `${n}`, n: n + 1 });
    });

    it('a store that fails, and time that passes', async () => {
      const t = createSessionTester(session, { data: { user: 'ada', n: 1 }, store: new InspectableStore() });
      t.store.fail('get', { times: 1 });
      const failed = await t.component(() => session().get('user')).catch((error) => error);
      same(failed.code, 'ERR_SESSION_STORE');
      t.advance({ hours: 2 });
      same((await t.component(() => Page())).redirect, { url: '/sign-in', type: 'replace' });
    });

    it('two requests at once, in every order of their store calls', async () => {
      const run = (handler: () => Promise<Response>) =>
        forEachInterleaving(
          session,
          { data: { user: 'ada', n: 0 } },
          [(t) => t.route(handler), (t) => t.route(handler)],
          async (t) => same(await t.read(), { user: 'ada', n: 2 }),
        );
      same(await run(POST), { orders: 4, isComplete: true });
      const lossy = async () => {
        const n = (await session().get('n')) ?? 0;
        await session().set('n', n + 1);
        return Response.json({});
      };
      const race = await run(lossy).catch((error) => error);
      same(race.code, 'ERR_SESSION_RACE');
      same(/(a read, b read|b read, a read), /.test(race.message), true);
    });

    it('telemetry without an SDK', async () => {
      const telemetry = recordTelemetry();
      const t = createSessionTester(session, { data: { user: 'ada', n: 1 } });
      await t.route(POST);
      same(
        t.telemetry.spans().map(({ name }) => name),
        ['next_app_session.store.get', 'next_app_session.store.set'],
      );
      same(telemetry.spans(), []);
    });
  });
}
