import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isUnreadableText, parseRecord, recordText } from './record-text.js';
import { hasExpired } from './record-time.js';

const NOW = 1_800_000_000_000;

describe('the text of a record', () => {
  it('is its JSON', () => {
    const record = { cookie: { expires: NOW }, n: 'ünï' };
    expect(recordText(record)).toBe(JSON.stringify(record));
    expect(parseRecord(recordText(record))).toEqual(record);
  });

  it('cannot be made of what nests too deep', () => {
    const n = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(() => recordText({ n })).toThrow(expect.objectContaining({ code: 'ERR_SESSION_DATA' }));
  });

  it('fails as JSON does for other reasons, which are not told as depth', () => {
    const invalid = { toJSON: () => new Date(Number.NaN).toISOString() };
    expect(() => recordText({ n: 1n })).toThrow(TypeError);
    expect(() => recordText({ n: invalid })).toThrow('Invalid time value');
  });

  it.each(['', '{', 'a text', '{"n":1}}'])('is no record if it cannot be read: %j', (text) => {
    expect(parseRecord(text)).toBeNull();
  });
});

it.each([
  ['SyntaxError', true],
  ['RangeError', true],
  ['TypeError', false],
])('a %s of any realm says whether a text is at fault: %j', (name, isFault) => {
  expect(isUnreadableText(runInNewContext(`new ${name}('it failed')`))).toBe(isFault);
});

it.each([null, undefined, 'SyntaxError', {}])(
  'what is no error of a text says nothing of it: %j',
  (thrown) => {
    expect(isUnreadableText(thrown)).toBe(false);
  },
);

describe('the date of a record has passed', () => {
  it.each([NOW, new Date(NOW), new Date(NOW).toISOString()])('from its millisecond on: %s', (expires) => {
    const record = { cookie: { expires } };
    expect([hasExpired(record, NOW - 1), hasExpired(record, NOW)]).toEqual([false, true]);
  });

  it.each([{}, { cookie: {} }, { cookie: { expires: null } }, { cookie: { expires: 'soon' } }])(
    'never, if it has none that can be read: %j',
    (record) => {
      expect(hasExpired(record, NOW)).toBe(false);
    },
  );
});
