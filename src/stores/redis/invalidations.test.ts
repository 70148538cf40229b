import { describe, expect, it, vi } from 'vitest';
import {
  CACHES,
  client,
  found,
  keeps,
  onTrackingRedis,
  passed,
  put,
  redis,
  use,
} from '../../test-kits/near-cache.js';

onTrackingRedis();

describe('the cache is dropped', () => {
  it.each<[string, () => unknown]>([
    ['the connection of the client breaks', () => client.emit('reconnecting')],
    ['the client has an error', () => client.emit('error', new Error('broken'))],
    ['the client ends', () => client.emit('end')],
    ['the connection of the subscriber breaks', () => redis.subscribers[0]?.emit('reconnecting')],
    ['the subscriber ends', () => redis.subscribers[0]?.emit('end')],
  ])('when %s', async (_, breakIt) => {
    await keeps();
    breakIt();
    expect(redis.subscribers[0]?.isClosed).toBe(true);
    expect(await found()).toEqual([1, 'redis']);
    await passed();
    // Only what was read since then.
    expect(await found()).toEqual([1, 'redis']);
    await keeps();
    // The closed one says so later.
    await passed(20);
    await keeps();
    expect(redis.subscribers).toHaveLength(2);
  });

  it('and a start that fails is tried again after a second', async () => {
    await keeps();
    redis.refused.CLIENT = 'The client is offline';
    client.emit('end');
    for (let ms = 0; ms < 1000; ms += 100) {
      expect(await found()).toEqual([1, 'redis']);
      await passed(100);
    }
    expect(redis.subscribers).toHaveLength(2);
    delete redis.refused.CLIENT;
    await keeps();
    expect(redis.subscribers).toHaveLength(3);
  });

  it('and is told of no write of this process any more', async () => {
    const told = () =>
      (globalThis as unknown as Record<symbol, { caches: Set<unknown> }>)[CACHES]?.caches.size ?? 0;
    const before = told();
    use(redis.client(), {});
    await keeps();
    expect(told()).toBe(before + 1);
    client.emit('end');
    expect(told()).toBe(before);
  });

  it.each<[string, () => unknown]>([
    ['the client', () => client.emit('reconnecting')],
    ['the subscriber', () => redis.subscribers[0]?.emit('end')],
  ])(
    'while it starts, if the connection of %s breaks. It starts again after a second',
    async (_, breakIt) => {
      redis.messages.hold();
      await found();
      await passed();
      breakIt();
      redis.messages.release();
      for (let ms = 0; ms < 1000; ms += 100) {
        await passed();
        expect(await found()).toEqual([1, 'redis']);
        expect(redis.subscribers).toHaveLength(1);
        await passed(100);
      }
      await keeps();
      expect(redis.subscribers).toHaveLength(2);
    },
  );

  it('while it starts with a subscriber of the app, though its first message arrives after that', async () => {
    use(redis.client(), { subscriber: client.duplicate() });
    redis.messages.hold();
    await found();
    await passed();
    client.emit('reconnecting');
    redis.messages.release();
    for (let n = 0; n < 3; n++) {
      await passed();
      expect(await found()).toEqual([1, 'redis']);
    }
    await passed(1000);
    await keeps();
  });

  it('when a heartbeat is missed, though nothing breaks', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    use(redis.client(), { maxAge: 60 });
    await keeps();
    redis.messages.hold();
    put('a', { n: 2 });
    await passed(500);
    expect(await found()).toEqual([1, 'near_cache']);
    await passed(1000);
    expect(await found()).toEqual([2, 'redis']);
    await passed(10_000);
    expect(await found()).toEqual([2, 'redis']);
    redis.messages.release();
    await passed(10_000);
    await keeps();
  });

  it('when Redis no longer answers', async () => {
    use(redis.client(), { maxAge: 60 });
    await keeps();
    await passed(500);
    client.replies.hold();
    expect(await found()).toEqual([1, 'near_cache']);
    await passed(1000);
    let isAnswered = false;
    void found().then(() => {
      isAnswered = true;
    });
    await passed(100_000);
    expect(isAnswered).toBe(false);
  });

  it('never while heartbeats arrive, and there are two in a second, and none without reads', async () => {
    await keeps();
    const beats = redis.sent.SET ?? 0;
    for (let second = 0; second < 10; second++) {
      await passed(500);
      await keeps();
    }
    expect(redis.sent.SET).toBe(beats + 10);
    await passed(60_000);
    expect(redis.sent.SET).toBe(beats + 10);
    expect(redis.subscribers).toHaveLength(1);
  });
});

describe('a message', () => {
  it('of an earlier heartbeat is not taken for that of the next', async () => {
    const subscriber = client.duplicate();
    use(redis.client(), { subscriber });
    vi.spyOn(console, 'warn').mockReturnValue();
    redis.messages.hold();
    await found();
    await passed(6000);
    await found();
    await passed();
    // That of the first start, which was given up.
    redis.messages.release(1);
    for (let n = 0; n < 3; n++) {
      await passed();
      expect(await found()).toEqual([1, 'redis']);
    }
    redis.messages.release();
    await keeps();
  });
});
