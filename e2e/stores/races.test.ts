import { RedisStore } from 'next-app-session/redis';
import { describe, expect, test } from 'vitest';
import { races } from '../testing/races/all.js';
import { redisOfTests } from './redis.kit.js';

// The apps of e2e/testing/races.test.ts, with their sessions in Redis.

const { client } = await redisOfTests();
let stores = 0;
/** Returns a store for one order. It shares no session with those of other orders. */
const store = () => new RedisStore({ client, prefix: `order-${stores++}:` });

describe.each(races)('$title', ({ run, finds }) => {
  test('is found', async () => {
    await expect(run('broken', { store })).rejects.toThrow(finds);
  });

  test('is gone from the corrected app', async () => {
    expect(await run('fixed', { store })).toMatchObject({ isComplete: true });
  });
});
