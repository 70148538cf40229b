import { describe, expect, it } from 'vitest';
import { endOf, fromText, toText } from './stored-text.js';

const ENDS = '2026-11-25T10:00:00.000Z';

describe('the text of a record', () => {
  it.each([
    { cookie: { expires: ENDS }, n: 1, text: 'a,b"\u0000é' },
    { cookie: { expires: null } },
    { cookie: { expires: 'no date' } },
    { n: 1 },
    {},
  ])('gives the same record back: %j', (record) => {
    expect(fromText(toText(record))).toEqual(record);
  });

  it('says when the record expires: never without a readable date', () => {
    for (const expires of [ENDS, new Date(ENDS)]) {
      expect(endOf(toText({ cookie: { expires }, n: 1 }))).toBe(Date.parse(ENDS));
    }
    for (const record of [
      {},
      { cookie: {} },
      { cookie: { expires: null } },
      { cookie: { expires: 'no date' } },
    ]) {
      expect(endOf(toText(record))).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it('differs for every other record, because it is the version', () => {
    const record = { cookie: { expires: ENDS }, __session: { createdAt: 1 }, n: 1 };
    expect(toText(structuredClone(record))).toBe(toText(record));
    for (const other of [
      { ...record, n: 2 },
      { ...record, __session: { createdAt: 2 } },
      { ...record, m: 1 },
    ]) {
      expect(toText(other)).not.toBe(toText(record));
    }
  });
});
