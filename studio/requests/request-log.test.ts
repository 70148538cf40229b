import { expect, it } from 'vitest';
import { loggedRequest } from '../test-kits/logged-request.js';
import { RequestLog } from './request-log.js';

const idsOf = (requests: readonly { id: number }[]) => requests.map(({ id }) => id);

it('keeps the last thousand requests', () => {
  const log = new RequestLog();
  for (let n = 0; n < 1001; n++) log.put(loggedRequest(log));
  expect(log.all).toHaveLength(1000);
  expect(log.all[0]?.id).toBe(2);
});

it('keeps fewer of them, if they have more than 20,000 calls and events together', () => {
  const log = new RequestLog();
  for (let n = 0; n < 100; n++) log.put(loggedRequest(log, 200));
  expect(log.all).toHaveLength(100);
  const grown = loggedRequest(log);
  log.put(grown);
  grown.calls = loggedRequest(log, 1).calls;
  log.put(grown);
  expect(idsOf(log.all)).toEqual(Array.from({ length: 100 }, (_, n) => n + 2));
  log.clear();
  expect(log.all).toEqual([]);
  for (let n = 0; n < 100; n++) log.put(loggedRequest(log, 200));
  expect(log.all).toHaveLength(100);
});

it('does not take back a request that was let go, and goes on', () => {
  const log = new RequestLog();
  const long = loggedRequest(log);
  log.put(long);
  for (let n = 0; n < 1000; n++) log.put(loggedRequest(log));
  log.put(long);
  expect(log.all[0]?.id).toBe(2);
  expect(log.all).toHaveLength(1000);
});

it('takes a request late that was not in it before', () => {
  const log = new RequestLog();
  const late = loggedRequest(log);
  log.put(loggedRequest(log));
  log.put(late);
  expect(idsOf(log.all)).toEqual([2, 1]);
});

it('says which requests have changed since a change, each once, and tells who listens', () => {
  const log = new RequestLog();
  const [one, two] = [loggedRequest(log), loggedRequest(log)];
  log.put(one);
  log.put(two);
  const since = log.lastChange;
  let told = 0;
  const stop = log.listen(() => {
    told += 1;
  });
  expect(log.changedSince(since)).toEqual([]);
  log.put(one);
  log.put(one);
  expect(idsOf(log.changedSince(since))).toEqual([1]);
  expect(told).toBe(2);
  stop();
  log.put(one);
  expect(told).toBe(2);
});
