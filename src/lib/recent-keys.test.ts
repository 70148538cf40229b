import { expect, it } from 'vitest';
import { RecentKeys } from './recent-keys.js';

it('remembers a key for the time that is asked for', () => {
  const keys = new RecentKeys();
  keys.add('a', 1000);
  expect(keys.has('a', 1999, 1000)).toBe(true);
  expect(keys.has('a', 2000, 1000)).toBe(false);
  expect(keys.has('b', 1000, 1000)).toBe(false);
});

it('does not go by a clock that was set back', () => {
  const keys = new RecentKeys();
  keys.add('a', 1_000_000);
  expect(keys.has('a', 1000, 1000)).toBe(false);
});

it('keeps the latest 10,000', () => {
  const keys = new RecentKeys();
  keys.add('a', 1);
  keys.add('b', 1);
  for (let n = 0; n < 9998; n++) keys.add(String(n), 2);
  keys.add('a', 3);
  keys.add('c', 3);
  expect(['a', 'b', 'c', '0'].map((key) => keys.has(key, 3, 1000))).toEqual([true, false, true, true]);
});
