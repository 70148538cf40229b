import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RedisTraffic } from './redis-traffic.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

// What a spare connection answers is shown on real servers, in e2e/stores/redis-refusals.test.ts.

it.each([
  [
    'throws',
    () => {
      throw new Error('no second one');
    },
  ],
  ['is async', async () => ({ on() {} })],
])('a client whose duplicate() %s answers the reads behind a write itself', async (_, duplicate) => {
  const replies: (() => void)[] = [];
  const client = {
    sendCommand: ([name]: string[]) => new Promise((resolve) => replies.push(() => resolve(`of ${name}`))),
    duplicate,
    on() {},
  };
  const { read, write } = new RedisTraffic(client, null);
  const written = write('a', ['SET', 'a', '1']);
  const reads = [read('a', ['GET', 'a']), read('b', ['GET', 'b'])];
  await vi.advanceTimersByTimeAsync(500);
  for (const reply of replies) reply();
  expect(await Promise.all([written, ...reads])).toEqual(['of SET', 'of GET', 'of GET']);
});

it('reads that wait together are sent again in the context of their own requests', async () => {
  const request = new AsyncLocalStorage<string>();
  const sentBy: unknown[] = [];
  const client = {
    sendCommand: () => new Promise(() => {}),
    duplicate: () => ({
      on() {},
      async sendCommand([, key]: string[]) {
        sentBy.push([key, request.getStore()]);
        return 'found';
      },
    }),
    on() {},
  };
  const { read, write } = new RedisTraffic(client, null);
  void write('c', ['SET', 'c', '1']);
  const reads = ['a', 'b'].map((key) => request.run(`request of ${key}`, () => read(key, ['GET', key])));
  await vi.advanceTimersByTimeAsync(500);
  expect(await Promise.all(reads)).toEqual(['found', 'found']);
  expect(sentBy).toEqual([
    ['a', 'request of a'],
    ['b', 'request of b'],
  ]);
});
