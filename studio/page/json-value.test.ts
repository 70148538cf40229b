import { expect, it } from 'vitest';
import { valueIn } from './json-value.js';

it.each(['1', '"a"', 'null', '[1, {}]', '{"a":[]}'])('reads %s', (text) => {
  expect(valueIn(text, false)).toEqual({ is: 'value', value: JSON.parse(text) });
});

it('keeps a key of any name', () => {
  const typed = valueIn('{"__proto__":1,"":2}', true);
  expect(typed.is === 'value' && JSON.stringify(typed.value)).toBe('{"__proto__":1,"":2}');
});

it.each(['', 'a', "'a'", '{a:1}'])('does not take %j for JSON', (text) => {
  expect(valueIn(text, false)).toMatchObject({ is: 'wrong', why: expect.stringContaining('JSON') });
});

it.each(['1e999', '{"n":[-1e999]}'])('refuses %s, which would be saved as null', (text) => {
  expect(valueIn(text, false)).toMatchObject({ is: 'wrong', why: expect.stringContaining('too large') });
});

it.each(['1', '[]', 'null'])('refuses %s as all data of a session', (text) => {
  expect(valueIn(text, true)).toMatchObject({ is: 'wrong', why: expect.stringContaining('object') });
});
