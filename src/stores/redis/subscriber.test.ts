import { expect, it } from 'vitest';
import { TrackingRedis } from '../../test-kits/tracking-redis.js';
import { Subscriber } from './subscriber.js';

/** How long the first one has been under way: up to its end. */
const MOMENTS = [0, 1, 2, 3, 4, 5, 6, 7, 8];

it.each(MOMENTS)('a subscription that was given up does not make the next one fail (%i)', async (moments) => {
  const client = new TrackingRedis().client().duplicate();
  const subscriber = Subscriber.of(client, { changed() {}, broken() {} });
  const first = subscriber.listen();
  for (let n = 0; n < moments; n++) await Promise.resolve();
  expect(await Promise.allSettled([first, subscriber.listen()])).toEqual([
    { status: 'fulfilled', value: client.id },
    { status: 'fulfilled', value: client.id },
  ]);
  expect(client.listener).toBeDefined();
});
