import { expect, it } from 'vitest';
import { changesBetween } from './data-changes.js';

it('finds what was added, changed and removed, however deep', () => {
  const before = { user: 'ada', cart: { items: [1, 2] }, old: true };
  const after = { user: 'ada', cart: { items: [1, 3, 4] }, empty: {} };
  expect(changesBetween(before, after)).toEqual([
    { path: 'cart.items.1', before: '2', after: '3' },
    { path: 'old', before: 'true', after: null },
    { path: 'cart.items.2', before: null, after: '4' },
    { path: 'empty', before: null, after: '{}' },
  ]);
});

it('finds nothing between the same data', () => {
  expect(changesBetween({ a: [{}, null] }, { a: [{}, null] })).toEqual([]);
  expect(changesBetween({}, {})).toEqual([]);
});
