import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TrackedClient, TrackingRedis } from '../../../test-kits/tracking-redis.js';
import { RedisStore } from '../redis-store.js';

let redis: TrackingRedis;
let client: TrackedClient;
let store: RedisStore;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  Reflect.deleteProperty(globalThis, CACHES);
  redis = new TrackingRedis();
  client = redis.client();
  store = new RedisStore({ client, nearCache: {} });
  put('a', { n: 1 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** What the near caches of a process know each other by. */
const CACHES = Symbol.for('next-app-session.near-caches');

const inAMinute = () => ({ cookie: { expires: Date.now() + 60_000 } });
const textOf = (data: object) => JSON.stringify({ ...inAMinute(), ...data });
const options = () => ({ now: Date.now(), clock: 'system', maxBytes: 1000, near: true }) as const;

/** Writes a record as another process does. */
function put(id: string, data: object): void {
  redis.write(`sess:${id}`, textOf(data));
}

/** What a request finds first: the value of `n`, and where from. */
async function found(id = 'a', by = store): Promise<unknown> {
  const loaded = await by.atomic.load(id, options());
  return loaded && [(loaded.record as { n?: number }).n, loaded.source ?? 'redis'];
}

const passed = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

/** Reads until what is read is kept. */
async function keeps(id = 'a', by = store): Promise<void> {
  await found(id, by);
  await passed();
  await found(id, by);
  expect((await by.atomic.load(id, options()))?.source).toBe('near_cache');
}

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

  it('counts as old from when it was sent', async () => {
    store = new RedisStore({ client: redis.client(), nearCache: { maxAge: 0.4 } });
    await keeps();
    const slow = redis.client();
    store = new RedisStore({ client: slow, nearCache: { maxAge: 0.4 } });
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
    client = redis.client();
    store = new RedisStore({ client, nearCache: {} });
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
    client = redis.client();
    store = new RedisStore({ client, nearCache: { subscriber: client.duplicate() } });
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
    store = new RedisStore({ client: redis.client(), nearCache: { maxAge: 60 } });
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
    client = redis.client();
    store = new RedisStore({ client, nearCache: { maxAge: 60 } });
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

it('keeps the most recently used records, and no more than max', async () => {
  client = redis.client();
  store = new RedisStore({ client, nearCache: { max: 2, maxAge: 60 } });
  for (const id of ['b', 'c']) put(id, { n: 1 });
  await keeps('a');
  await keeps('b');
  await found('a');
  await keeps('c');
  expect(await found('a')).toEqual([1, 'near_cache']);
  expect(await found('c')).toEqual([1, 'near_cache']);
  expect(await found('b')).toEqual([1, 'redis']);
});

describe('a message', () => {
  it('of an earlier heartbeat is not taken for that of the next', async () => {
    const subscriber = client.duplicate();
    store = new RedisStore({ client: redis.client(), nearCache: { subscriber } });
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
