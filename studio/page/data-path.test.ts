import { expect, it } from 'vitest';
import { changeAt, pathText } from './data-path.js';

const DATA = { n: 1, cart: { items: ['a', { id: 2 }] } };

it.each([
  [['n'], 2, { ...DATA, n: 2 }],
  [['cart', 'items', '1', 'id'], null, { n: 1, cart: { items: ['a', { id: null }] } }],
  [['cart', 'items', '2'], 'b', { n: 1, cart: { items: ['a', { id: 2 }, 'b'] } }],
  [['cart', 'note'], {}, { n: 1, cart: { items: ['a', { id: 2 }], note: {} } }],
  [['cart', 'items', '0'], undefined, { n: 1, cart: { items: [{ id: 2 }] } }],
  [['cart'], undefined, { n: 1 }],
  [[], { other: true }, { other: true }],
])('changes what is at %j', (path, change, changed) => {
  const before = JSON.stringify(DATA);
  expect(changeAt(DATA, path, change)).toEqual(changed);
  expect(JSON.stringify(DATA)).toBe(before);
});

it('keeps the order of keys, and takes any name for one', () => {
  expect(Object.keys(changeAt({ a: 1, b: 2 }, ['a'], 3) as object)).toEqual(['a', 'b']);
  expect(JSON.stringify(changeAt({ a: 1 }, ['__proto__'], 2))).toBe('{"a":1,"__proto__":2}');
});

it.each([
  [['cart', 'items', '0'], 'cart.items.0'],
  [['a.b'], '["a.b"]'],
  [['a', 'b c', 'd'], 'a["b c"].d'],
  [[''], '[""]'],
  [['__proto__', 'ä'], '__proto__.ä'],
])('says %j in words that no other path has', (path, text) => {
  expect(pathText(path)).toBe(text);
});
