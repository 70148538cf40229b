import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { nextAppSession } from '../../src/next-app-session.js';
import { createSessionTester } from './create-session-tester.js';

const SECRET = 'a-secret-of-32-characters-or-more';

it('inspect(tester, { showHidden: true }) shows no secret: neither does its store, nor what a call returned', async () => {
  const session = nextAppSession<{ user: string }>({ secret: SECRET });
  const t = createSessionTester(session, { data: { user: 'ada' } });
  const outcome = await t.route(async () => Response.json(await session().all()));
  for (const held of [t, t.store, t.telemetry, t.user('ada'), outcome, await t.store.sessions()]) {
    expect(inspect(held, { showHidden: true, depth: null, getters: true })).not.toContain(SECRET);
  }
});
