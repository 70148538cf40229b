import { Redis as Upstash } from '@upstash/redis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionError } from '../../lib/errors.js';
import { TrackingRedis } from '../../test-kits/tracking-redis.js';
import { RedisStore } from './redis-store.js';

/** The message of the error that these options throw, or 'none'. */
function complaint(options: object): string {
  try {
    new RedisStore({ client: new TrackingRedis().client(), ...options } as never);
    return 'none';
  } catch (error) {
    if (!SessionError.is(error) || error.code !== 'ERR_SESSION_OPTIONS') throw error;
    return error.message;
  }
}

const client = () => new TrackingRedis().client();
const ioredis = { call: async () => null, pipeline: () => null, on: () => {}, duplicate: () => {} };
const nodeRedis = { sendCommand: async () => null, on: () => {}, duplicate: () => {} };

describe('the option nearCache', () => {
  it.each<[string, unknown, string]>([
    ['true', true, 'nearCache: give an object, {} for the defaults'],
    ['null', null, 'nearCache: give an object'],
    ['a date', new Date(), 'give an object'],
    ['an option that does not exist', { ttl: 1 }, 'nearCache option ttl: there is no such option'],
    ['a misspelt option', { maxage: 1 }, 'Did you mean maxAge?'],
    ['no age', { maxAge: 0 }, 'nearCache.maxAge: give seconds, not milliseconds: more than 0 and at most 60'],
    ['milliseconds', { maxAge: 2000 }, 'nearCache.maxAge: give seconds'],
    ['an age that is no number', { maxAge: '2' }, 'nearCache.maxAge: give seconds'],
    ['NaN', { maxAge: Number.NaN }, 'nearCache.maxAge: give seconds'],
    ['room for nothing', { max: 0 }, 'nearCache.max: give a whole number above 0'],
    ['a part of a record', { max: 1.5 }, 'nearCache.max: give a whole number'],
    ['no end of records', { max: Number.POSITIVE_INFINITY }, 'nearCache.max: give a whole number'],
    [
      'a URL as subscriber',
      { subscriber: 'redis://localhost' },
      'nearCache.subscriber: give a second client',
    ],
    ['a plain object as subscriber', { subscriber: {} }, 'nearCache.subscriber: give a second client'],
    [
      'a subscriber that cannot subscribe',
      { subscriber: ioredis },
      'nearCache.subscriber: give a second client',
    ],
    [
      'a pool as subscriber',
      { subscriber: { ...client(), subscribe() {}, execute() {} } },
      'nearCache.subscriber: ',
    ],
  ])('may not be %s', (_, nearCache, message) => {
    expect(complaint({ nearCache })).toContain(message);
  });

  it('may not have the client as its subscriber', () => {
    const subscriber = Object.assign(client(), { subscribe() {}, unsubscribe() {} });
    expect(complaint({ client: subscriber, nearCache: { subscriber } })).toContain('it is the client itself');
  });

  it.each<[string, object]>([
    ['a Cluster of ioredis', { ...ioredis, isCluster: true }],
    ['a cluster of node-redis', { ...nodeRedis, masters: [] }],
    ['a pool of node-redis', { ...nodeRedis, execute() {} }],
    ['createSentinel', { ...nodeRedis, getMasterNode() {} }],
    ['a client of @upstash/redis', new Upstash({ url: 'https://example.upstash.io', token: 'a token' })],
    ['a client that tells of no connection', { sendCommand: async () => null, duplicate() {} }],
  ])('is refused with %s', (_, client) => {
    expect(complaint({ client })).toBe('none');
    expect(complaint({ client, nearCache: {} })).toContain(
      'nearCache: it needs a client with one connection',
    );
  });

  it.each(['clientSideCache', 'emitInvalidate'])(
    'is refused beside %s, which needs the messages itself',
    (name) => {
      const own = Object.assign(client(), { options: { [name]: true } });
      expect(complaint({ client: own, nearCache: {} })).toContain(
        'leave out clientSideCache and emitInvalidate',
      );
    },
  );

  it('needs a subscriber if the client cannot be duplicated', () => {
    const own = { ...nodeRedis, duplicate: undefined };
    expect(complaint({ client: own, nearCache: {} })).toContain('nearCache.subscriber: give a second client');
    const subscriber = client().duplicate();
    expect(complaint({ client: own, nearCache: { subscriber } })).toBe('none');
  });

  it('is not looked at before the client', () => {
    expect(complaint({ client: null, nearCache: {} })).toContain('option client: give a client');
  });

  it('may be undefined, so that spreads work', () => {
    expect(complaint({ nearCache: undefined })).toBe('none');
    expect(complaint({ nearCache: { maxAge: undefined, max: undefined, subscriber: undefined } })).toBe(
      'none',
    );
  });
});

describe('stores that share a client', () => {
  it('may have a subscriber that no other client has: it would miss messages while the other one starts', () => {
    const [one, other, subscriber] = [client(), client(), client().duplicate()];
    expect(complaint({ client: one, nearCache: { subscriber } })).toBe('none');
    expect(complaint({ client: one, nearCache: { subscriber }, prefix: 'other:' })).toBe('none');
    expect(complaint({ client: other, nearCache: { subscriber } })).toContain(
      'nearCache.subscriber: give each client another one',
    );
    expect(complaint({ client: other, nearCache: { subscriber: client().duplicate() } })).toBe('none');
  });

  it('have one subscriber, and know of each other what they read', async () => {
    const redis = new TrackingRedis();
    const shared = redis.client();
    redis.values.set('sess:a', JSON.stringify({ cookie: {}, n: 1 }));
    const stores = [1, 2].map(() => new RedisStore({ client: shared, nearCache: {} }));
    const loads = [];
    for (let n = 0; n < 3; n++) {
      for (const { atomic } of stores)
        loads.push(await atomic.load('a', { now: Date.now(), clock: 'system', near: true }));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(loads.slice(-2).map((loaded) => loaded?.source)).toEqual(['near_cache', 'near_cache']);
    expect(redis.subscribers).toHaveLength(1);
  });
});

describe('a cache that cannot work', () => {
  const warn = vi.spyOn(console, 'warn');
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    warn.mockReset().mockReturnValue();
    Reflect.deleteProperty(globalThis, Symbol.for('next-app-session.warnings'));
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const read = async ({ atomic }: RedisStore, times: number, pauseMs: number) => {
    for (let n = 0; n < times; n++) {
      const loaded = await atomic.load('a', { now: Date.now(), clock: 'system', maxBytes: 1000, near: true });
      expect(loaded).toMatchObject({ record: { n: 1 } });
      expect(loaded).not.toHaveProperty('source');
      await vi.advanceTimersByTimeAsync(pauseMs);
    }
  };
  const redisWithRecord = () => {
    const redis = new TrackingRedis();
    redis.values.set('sess:a', JSON.stringify({ cookie: {}, n: 1 }));
    return redis;
  };

  it.each([
    ['CLIENT', "NOPERM User sessions has no permissions to run the 'client|tracking' command"],
    ['CLIENT', 'ERR unknown subcommand or wrong number of arguments'],
    ['SET', 'NOPERM No permissions to access a key'],
  ])(
    'says so once if Redis refuses %s: %s. Reads go on, and it tries again in a minute',
    async (name, words) => {
      const redis = redisWithRecord();
      redis.refused[name] = words;
      const store = new RedisStore({ client: redis.client(), nearCache: {} });
      await read(store, 59, 1000);
      expect(redis.subscribers).toHaveLength(1);
      expect(redis.subscribers[0]?.isClosed).toBe(true);
      await read(store, 2, 1000);
      expect(redis.subscribers).toHaveLength(2);
      expect(warn).toHaveBeenCalledOnce();
      expect(warn.mock.calls.join()).toContain(
        'RedisStore caches nothing, although it has the option nearCache',
      );
      expect(warn.mock.calls.join()).not.toContain('sessions has');
    },
  );

  it('says so once if no message arrives, as at a subscriber of RESP 3', async () => {
    const redis = redisWithRecord();
    redis.messages.hold();
    const store = new RedisStore({ client: redis.client(), nearCache: {} });
    await read(store, 20, 1000);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls.join()).toContain('said nothing of a change on the second connection');
  });

  it.each([
    ['SET', 'MISCONF Redis is configured to save RDB snapshots'],
    ['CLIENT', 'ERR The client ID you want redirect to does not exist'],
  ])('says nothing of what passes: %s %s. It tries again in a second', async (name, words) => {
    const redis = redisWithRecord();
    redis.refused[name] = words;
    const store = new RedisStore({ client: redis.client(), nearCache: {} });
    await read(store, 5, 1000);
    expect(redis.subscribers).toHaveLength(5);
    expect(warn).not.toHaveBeenCalled();
  });

  it.each(['breaks', 'cannot be made'])('says so once if the second connection %s', async (what) => {
    const redis = redisWithRecord();
    const client = redis.client();
    const { duplicate } = client;
    client.duplicate = () => {
      if (what === 'cannot be made') throw new Error('RESP 3 only');
      const subscriber = duplicate.call(client);
      subscriber.unsubscribe = () => Promise.reject(new Error('Connection is closed.'));
      return subscriber;
    };
    await read(new RedisStore({ client, nearCache: {} }), 5, 1000);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls.join()).toContain('The second connection is not open');
  });

  it('says nothing while the app still opens its subscriber', async () => {
    const redis = redisWithRecord();
    const client = redis.client();
    const subscriber = client.duplicate();
    const { unsubscribe } = subscriber;
    subscriber.unsubscribe = () => Promise.reject(new Error('The client is closed'));
    const store = new RedisStore({ client, nearCache: { subscriber } });
    await read(store, 1, 0);
    subscriber.unsubscribe = unsubscribe;
    await read(store, 3, 1000);
    const loaded = await store.atomic.load('a', { now: Date.now(), clock: 'system', near: true });
    expect(loaded?.source).toBe('near_cache');
    expect(warn).not.toHaveBeenCalled();
  });

  it('opens no second connection while the client has none', async () => {
    const redis = redisWithRecord();
    const client = redis.client();
    const store = new RedisStore({ client, nearCache: {} });
    redis.refused.GET = 'The client is offline';
    await read(store, 5, 1000);
    expect(redis.subscribers).toHaveLength(0);
    expect(warn).not.toHaveBeenCalled();
    delete redis.refused.GET;
    await read(store, 1, 0);
    expect(redis.subscribers).toHaveLength(1);
  });

  it('says nothing if there is no connection yet, and starts when there is', async () => {
    const redis = redisWithRecord();
    const client = redis.client();
    const store = new RedisStore({ client, nearCache: {} });
    redis.refused.CLIENT = 'The client is offline';
    await read(store, 2, 0);
    expect(warn).not.toHaveBeenCalled();
    delete redis.refused.CLIENT;
    client.emit('ready');
    await read(store, 2, 0);
    const loaded = await store.atomic.load('a', { now: Date.now(), clock: 'system', near: true });
    expect(loaded?.source).toBe('near_cache');
  });
});
