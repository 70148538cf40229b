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

it('tells a key with a dot from a key in a key, and takes keys of any name', () => {
  expect(changesBetween({ a: { b: 1 } }, { 'a.b': 1 })).toEqual([
    { path: 'a.b', before: '1', after: null },
    { path: '["a.b"]', before: null, after: '1' },
  ]);
  const odd = JSON.parse('{"__proto__":1,"":2,"constructor":3}');
  expect(changesBetween({}, odd).map(({ path }) => path)).toEqual(['__proto__', '[""]', 'constructor']);
});
