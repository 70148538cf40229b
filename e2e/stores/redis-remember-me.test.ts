import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { expect, it } from 'vitest';
import { Browser } from './browser.kit.js';
import { redisOfTests } from './redis.kit.js';
import { testRememberMe } from './remember-me.kit.js';
import { redis } from './shared-stores.kit.js';

testRememberMe(redis);

interface Data {
  userId?: string;
}

const HOUR_S = 3600;
const MONTH_S = 30 * 86_400;

const { client } = await redisOfTests();

it('a read that is under way does not give the second user the first one’s remember-me', async () => {
  const session = nextAppSession<Data>({
    secret: 'a secret',
    store: new RedisStore({ client }),
    idleTimeout: HOUR_S,
    regenerateGrace: 0,
    user: ({ userId }) => userId,
  });
  const browser = new Browser(session);
  await browser.visit((own) => own().regenerate(() => ({ userId: 'ada' }), { maxAge: MONTH_S }));
  const slow = new RedisStore({ client });
  let goOn = () => {};
  const changed = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let swaps = 0;
  const { swap } = slow.atomic;
  // The swap that slides the first user's session is on its way while the second user signs in.
  const slowSwap: typeof swap = async (...call) => {
    swaps += 1;
    await changed;
    return swap(...call);
  };
  Object.assign(slow.atomic, { swap: slowSwap });
  const elsewhere = nextAppSession<Data>({
    secret: 'a secret',
    store: slow,
    idleTimeout: HOUR_S,
    touchAfter: 0,
    user: ({ userId }) => userId,
  });
  const reading = new Browser(elsewhere, browser.cookies).visit((own) => own().get('userId'));
  await expect.poll(() => swaps).toBe(1);
  await browser.visit((own) => own().set('userId', 'bob'));
  goOn();
  expect(await reading).toBe('ada');
  const [key = ''] = (await client.keys('sess:*')).filter((other) => !other.includes('#user'));
  expect(await client.pttl(key)).toBeLessThanOrEqual(HOUR_S * 1000);
  expect(await session.user('bob').list()).toHaveLength(1);
});
