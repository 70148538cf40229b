import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { nextAppSession } from './next-app-session.js';
import { internalsOf } from './session-internals.js';
import { Browser } from './test-kits/browser.js';
import { SpyStore } from './test-kits/spy-store.js';

const SECRET = 'a-secret-of-32-characters-or-more';

/** The most that Node shows of a value. */
const shown = (value: unknown) =>
  inspect(value, { showHidden: true, depth: null, getters: true, showProxy: true, maxStringLength: null });

it('inspect(session, { showHidden: true }) shows no secret: neither does anything else that an app holds', async () => {
  const store = new SpyStore();
  const session = nextAppSession({
    secret: [SECRET, `old-${SECRET}`],
    store: () => store,
    sessionHash: true,
    user: (data: { user?: string }) => data.user,
    onEvent: () => {},
  });
  const browser = new Browser(session);
  await browser.visit(async (own) => {
    await own().set('user', 'ada');
    const held = [
      session,
      own(),
      session.user('ada'),
      await session.user('ada').list(),
      store,
      await own().info(),
    ];
    for (const value of held) expect(shown(value)).not.toContain(SECRET);
    store.spy.fail('get', new Error('down'));
    await own().reload();
    expect(
      shown(
        await own()
          .get('user')
          .catch((error: unknown) => error),
      ),
    ).not.toContain(SECRET);
  });
  expect(internalsOf(session)?.options.secrets).toEqual([SECRET, `old-${SECRET}`]);
});
