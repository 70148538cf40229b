import { expect, it } from 'vitest';
import { Latencies } from './latency.js';

it('tells the percentiles by operation and outcome', () => {
  const latencies = new Latencies();
  for (let ms = 1; ms <= 100; ms++) latencies.add('get', 'hit', ms);
  latencies.add('get', 'miss', 7);
  expect(latencies.all).toMatchObject([
    { operation: 'get', outcome: 'hit', count: 100, p50: 50, p90: 90, p99: 99, max: 100 },
    { operation: 'get', outcome: 'miss', count: 1, p50: 7, p90: 7, p99: 7, max: 7 },
  ]);
});

it('counts each duration in one bucket', () => {
  const latencies = new Latencies();
  const durations = [0, 0.25, 0.3, 10, 10.1, 9_999_999];
  for (const ms of durations) latencies.add('set', 'ok', ms);
  const counts = latencies.all[0]?.buckets.flatMap(({ upTo, count }) => (count > 0 ? [[upTo, count]] : []));
  expect(counts).toEqual([
    [0.25, 2],
    [0.5, 1],
    [10, 1],
    [25, 1],
    [Number.MAX_VALUE, 1],
  ]);
});

it('keeps the last thousand durations, and counts all', () => {
  const latencies = new Latencies();
  latencies.add('get', 'hit', 5000);
  for (let n = 0; n < 1000; n++) latencies.add('get', 'hit', 1);
  expect(latencies.all).toMatchObject([{ count: 1001, max: 1 }]);
});
