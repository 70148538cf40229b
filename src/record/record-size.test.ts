import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isTooDeep, MAX_DEPTH } from '../lib/json.js';
import { isLarger, jsonBytes } from './record-size.js';

it('a value is larger than all sizes below its JSON in UTF-8, and than no other', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const bytes = jsonBytes(value);
      expect(isLarger(value, bytes)).toBe(false);
      expect(isLarger(value, bytes - 1)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

it.each([
  ['control characters', '\u0000'.repeat(500)],
  ['lone surrogates', '\ud800'.repeat(500)],
  ['letters of three bytes', '会'.repeat(500)],
  ['the longest number', Array.from({ length: 500 }, () => -Math.PI * 1e-300)],
  ['keys', Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`\u0001${n}`, null]))],
  ['what is within arrays', [[['x'.repeat(500)]]]],
])('nobody gets past the limit with %s', (_, value) => {
  expect(isLarger({ value }, jsonBytes({ value }) - 1)).toBe(true);
});

it('what is no JSON is larger than any size that it may reach', () => {
  expect(isLarger({ big: 1n, text: 'x'.repeat(100) }, 50)).toBe(true);
});

it.each([
  ['a number', 1n, 27],
  ['a text and a number', ['x', 1n], 27 + 33 + 27],
  ['a number in an array', [1n], 27 + 27],
  ['a number in an object', { n: 1n }, 27 + 6 + 27],
  ['null and a number', { n: null, m: 1n }, 27 + 33 + 33],
])('is not counted exactly where it cannot be larger: %s', (_, value, most) => {
  // What is no JSON shows who counts.
  expect([isLarger(value, most), isLarger(value, most - 1)]).toEqual([false, true]);
});

it('counts the levels of arrays and objects, of any depth', () => {
  const nested = (levels: number): unknown => JSON.parse(`${'[{"a":'.repeat(levels)}1${'}]'.repeat(levels)}`);
  expect(isTooDeep(nested(MAX_DEPTH / 2))).toBe(false);
  expect(isTooDeep([nested(MAX_DEPTH / 2)])).toBe(true);
  expect(isTooDeep(nested(100_000))).toBe(true);
  expect(isTooDeep('['.repeat(100_000))).toBe(false);
});
