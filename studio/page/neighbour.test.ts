import { expect, it } from 'vitest';
import { neighbourOf } from './neighbour.js';

it.each([
  [null, 1, 1],
  [null, -1, 1],
  [1, 1, 2],
  [3, 1, 3],
  [3, -1, 2],
  [1, -1, 1],
  [9, 1, 1],
])('moves from %j by %d', (chosen, by, next) => {
  expect(neighbourOf<number | null>(chosen, [1, 2, 3], by)).toBe(next);
});

it('stays where it is in an empty list', () => {
  expect(neighbourOf(7, [], 1)).toBe(7);
});
