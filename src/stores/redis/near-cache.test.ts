import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  client,
  found,
  inAMinute,
  keeps,
  onTrackingRedis,
  options,
  passed,
  put,
  redis,
  store,
  textOf,
  use,
} from '../../test-kits/near-cache.js';
import { RedisStore } from './redis-store.js';

onTrackingRedis();

describe('a read', () => {
  it('is answered by Redis, and after that from memory', async () => {
    await keeps();
    const before = { ...redis.sent };
    for (let n = 0; n < 100; n++) expect(await found()).toEqual([1, 'near_cache']);
    expect(redis.sent).toEqual(before);
  });

  it('that does not ask for a near one is answered by Redis', async () => {
    await keeps();
    const loaded = await store.atomic.load('a', { ...options(), near: undefined });
    expect(loaded).not.toHaveProperty('source');
    redis.messages.hold();
    put('a', { n: 2 });
    expect(await store.get('a', options())).toMatchObject({ n: 2 });
  });

  it('of a record that has changed is answered by Redis', async () => {
    await keeps();
    put('a', { n: 2 });
    expect(await found()).toEqual([2, 'redis']);
  });

  it('of a record that is gone is answered by Redis, every time', async () => {
    await keeps();
    redis.write('sess:a', null);
    expect(await found()).toBeNull();
    put('a', { n: 2 });
    expect(await found()).toEqual([2, 'redis']);
  });

  it('after a flush is answered by Redis', async () => {
    await keeps();
    redis.flush();
    expect(await found()).toBeNull();
  });

  it('is at most maxAge old, though no message arrives', async () => {
    await keeps();
    redis.messages.hold();
    put('a', { n: 2 });
    await passed(499);
    expect(await found()).toEqual([1, 'near_cache']);
    await passed(1501);
    expect(await found()).toEqual([2, 'redis']);
  });

  it('is as old as its own store allows, of two that share a client', async () => {
    await keeps();
    const other = new RedisStore({
      client,
      nearCache: { maxAge: 60, max: 1, subscriber: client.duplicate() },
    });
    await passed(1999);
    expect(await found()).toEqual([1, 'near_cache']);
    await passed(1);
    expect(await found('a', other)).toEqual([1, 'near_cache']);
    expect(await found()).toEqual([1, 'redis']);
    expect(redis.subscribers).toHaveLength(2);
  });

  it('counts as old from when it was sent', async () => {
    use(redis.client(), { maxAge: 0.4 });
    await keeps();
    const slow = redis.client();
    use(slow, { maxAge: 0.4 });
    await found();
    await passed();
    slow.replies.hold();
    const late = found();
    await passed(300);
    slow.replies.release();
    await late;
    expect(await found()).toEqual([1, 'near_cache']);
    await passed(100);
    expect(await found()).toEqual([1, 'redis']);
  });

  it('is old after a time in which the process stood still', async () => {
    await keeps();
    redis.messages.hold();
    put('a', { n: 2 });
    vi.setSystemTime(Date.now() + 2000);
    expect(await found()).toEqual([2, 'redis']);
  });

  it('is old after its time, though the date was set back meanwhile', async () => {
    await keeps();
    redis.messages.hold();
    put('a', { n: 2 });
    await passed(400);
    expect(await found()).toEqual([1, 'near_cache']);
    await passed(1600);
    vi.setSystemTime(Date.now() - 2000);
    expect(await found()).toEqual([2, 'redis']);
  });

  it('finds no record after its end, though Redis does not say that it is gone', async () => {
    redis.write('sess:a', JSON.stringify({ cookie: { expires: Date.now() + 300 }, n: 1 }));
    await keeps();
    redis.values.delete('sess:a');
    await passed(300);
    expect(await found()).toBeNull();
  });

  it('of a record that is larger than the reader takes is answered by Redis', async () => {
    await keeps();
    put('a', { text: 'x'.repeat(1000) });
    await store.atomic.load('a', { ...options(), maxBytes: 2000 });
    expect(await store.atomic.load('a', { ...options(), maxBytes: 2000 })).toHaveProperty('source');
    const loaded = await store.atomic.load('a', options());
    expect(loaded).toMatchObject({ unreadable: true, record: null });
    expect(loaded).not.toHaveProperty('source');
  });

  it('of a record above 8,192 characters is answered by Redis', async () => {
    await keeps();
    for (const [length, source] of [
      [8192, 'near_cache'],
      [8193, undefined],
    ] as const) {
      const text = textOf({ text: '' });
      redis.write('sess:a', textOf({ text: 'x'.repeat(length - text.length) }));
      await store.atomic.load('a', { ...options(), maxBytes: 20_000 });
      expect((await store.atomic.load('a', { ...options(), maxBytes: 20_000 }))?.source).toBe(source);
    }
  });

  it('of a part of a record is not kept', async () => {
    await keeps();
    put('a', { n: 2 });
    await expect(store.get('a', { ...options(), maxBytes: 0 })).rejects.toThrow('cannot be read');
    expect(await found()).toEqual([2, 'redis']);
  });

  it.each(['{', 'null', '1', '[]', '{"cookie":1}', '{"cookie":{"expires":{}}}'])(
    'of what is no session says the same from memory: %s',
    async (text) => {
      await keeps();
      redis.write('sess:a', text);
      const { record, version, unreadable } = (await store.atomic.load('a', options())) ?? {};
      for (let n = 0; n < 2; n++) {
        await passed();
        expect(await store.atomic.load('a', options())).toMatchObject({
          record,
          version,
          ...(unreadable && { unreadable }),
        });
      }
    },
  );
});

describe('a reply is not kept', () => {
  it('before a message of the cache itself has arrived', async () => {
    redis.messages.hold();
    for (let n = 0; n < 5; n++) {
      expect(await found()).toEqual([1, 'redis']);
      await passed();
    }
    redis.messages.release();
    await passed();
    await keeps();
  });

  it('if its key changes while it is under way', async () => {
    await keeps();
    put('a', { n: 2 });
    client.replies.hold();
    const late = found();
    put('a', { n: 3 });
    client.replies.release();
    expect(await late).toEqual([2, 'redis']);
    expect(await found()).toEqual([3, 'redis']);
  });

  it('if everything is flushed while it is under way', async () => {
    await keeps();
    put('b', { n: 2 });
    client.replies.hold();
    const late = found('b');
    redis.flush();
    client.replies.release();
    expect(await late).toEqual([2, 'redis']);
    expect(await found('b')).toBeNull();
  });

  it('if the connection breaks while it is under way, and there is another before it comes', async () => {
    await keeps();
    put('a', { n: 2 });
    put('b', { n: 0 });
    client.replies.hold(1);
    const late = found();
    client.emit('reconnecting');
    client.emit('ready');
    await keeps('b');
    client.replies.release();
    expect(await late).toEqual([2, 'redis']);
    expect(await found()).toEqual([2, 'redis']);
  });

  it('twice if two reads are under way, and the first one counts', async () => {
    await keeps();
    put('a', { n: 2 });
    client.replies.hold(1);
    const first = found();
    await passed(1200);
    const second = found();
    await passed();
    client.replies.release();
    expect(await Promise.all([first, second])).toEqual([
      [2, 'redis'],
      [2, 'redis'],
    ]);
    redis.messages.hold();
    put('a', { n: 3 });
    expect(await found()).toEqual([2, 'near_cache']);
    await passed(800);
    expect(await found()).toEqual([3, 'redis']);
  });
});

describe('what this process writes', () => {
  const swap = (expected: string | null, data: object, by = store) =>
    by.atomic.swap('a', expected, { ...inAMinute(), ...data }, options());

  /** No message of the change may help. */
  beforeEach(async () => {
    await keeps();
    redis.messages.hold();
  });

  const writes: [string, (by: RedisStore) => Promise<unknown>][] = [
    ['a swap', async (by) => swap((await by.atomic.load('a', options()))?.version ?? '', { n: 2 }, by)],
    ['a swap that comes too late', (by) => swap('another version', { n: 2 }, by)],
    ['a set', (by) => by.set('a', { ...inAMinute(), n: 2 })],
    ['a deletion', (by) => by.destroy('a')],
    ['a touch', (by) => by.touch('a', inAMinute())],
    ['a removal', (by) => by.atomic.swap('a', 'another version', { cookie: { expires: 0 } }, options())],
  ];

  it.each(writes)('%s: the next read is answered by Redis', async (_, write) => {
    await write(store);
    expect((await found()) ?? [0, 'redis']).toContain('redis');
  });

  it.each(writes)('%s by another client: the same', async (_, write) => {
    await write(new RedisStore({ client: redis.client() }));
    // Without the option, a store tells nobody.
    expect(await found()).toEqual([1, 'near_cache']);
    await write(new RedisStore({ client: redis.client(), nearCache: {} }));
    expect((await found()) ?? [0, 'redis']).toContain('redis');
  });

  it('a read that was under way when the write was sent is not kept', async () => {
    await swap('another version', {});
    client.replies.hold(1);
    const before = found();
    await store.set('a', { ...inAMinute(), n: 2 });
    client.replies.release();
    await before;
    expect(await found()).toEqual([2, 'redis']);
  });

  it('a read that was sent before the write was answered is not kept', async () => {
    const writer = redis.client();
    const other = new RedisStore({ client: writer, nearCache: {} });
    writer.replies.hold();
    const write = other.set('a', { ...inAMinute(), n: 2 });
    // Nobody knows whether it has seen the write.
    await found();
    await found();
    put('a', { n: 3 });
    expect(await found()).toEqual([3, 'redis']);
    writer.replies.release();
    await write;
    await found();
    expect(await found()).toEqual([3, 'near_cache']);
  });

  it('a read that was sent while one of two writes was not answered is not kept', async () => {
    const writer = redis.client();
    const other = new RedisStore({ client: writer, nearCache: {} });
    writer.replies.hold();
    const writes = [2, 3].map((n) => other.set('a', { ...inAMinute(), n }));
    await passed();
    writer.replies.release(1);
    await writes[0];
    await found();
    expect(await found()).toEqual([3, 'redis']);
    writer.replies.release();
    await writes[1];
    await found();
    expect(await found()).toEqual([3, 'near_cache']);
  });

  it('a write that fails is answered too', async () => {
    redis.refused.DEL = 'READONLY You can not write';
    await expect(store.destroy('a')).rejects.toThrow('READONLY');
    await found();
    expect(await found()).toEqual([1, 'near_cache']);
  });

  it('no write is built on an old copy: its swap comes too late', async () => {
    put('a', { n: 2 });
    const old = await store.atomic.load('a', options());
    expect(old).toMatchObject({ record: { n: 1 }, source: 'near_cache' });
    expect(await swap(old?.version ?? null, { n: 11 })).toBeNull();
    expect(await found()).toEqual([2, 'redis']);
  });
});

it('keeps the most recently used records, and max of them at most', async () => {
  use(redis.client(), { max: 2, maxAge: 60 });
  for (const id of ['b', 'c']) put(id, { n: 1 });
  await keeps('a');
  await keeps('b');
  await found('a');
  await keeps('c');
  expect(await found('a')).toEqual([1, 'near_cache']);
  expect(await found('c')).toEqual([1, 'near_cache']);
  expect(await found('b')).toEqual([1, 'redis']);
});
