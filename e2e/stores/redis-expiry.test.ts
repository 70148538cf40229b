import nextAppSession from 'next-app-session';
import { RedisStore } from 'next-app-session/redis';
import { expect, it, vi } from 'vitest';
import { Browser } from './browser.kit.js';
import { testIdleTimeout } from './idle-timeout.kit.js';
import { redisOfTests } from './redis.kit.js';
import { redis } from './shared-stores.kit.js';

testIdleTimeout(redis);

const { client } = await redisOfTests();

it('a read costs one command, a write of what was read one round trip more', async () => {
  const store = new RedisStore({ client });
  const browser = new Browser(nextAppSession<{ n: number }>({ secret: 'a secret', store }));
  // The first write makes a record, and the second has the server learn the script of a swap.
  for (const n of [1, 2]) await browser.visit((session) => session().set('n', n));
  const writes = vi.spyOn(client.stream, 'write');
  await browser.visit(async (session) => {
    await Promise.all([session().get('n'), session().all(), session().info()]);
    await session().get('n');
  });
  expect(writes).toHaveBeenCalledTimes(1);
  await browser.visit(async (session) => {
    await session().get('n');
    await session().update((data) => ({ n: (data.n ?? 0) + 1 }));
  });
  expect(writes).toHaveBeenCalledTimes(3);
  writes.mockRestore();
});
