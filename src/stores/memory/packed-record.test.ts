import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionRecord } from '../../store-contract/store.js';
import { packedExpiry, RecordPacker } from './packed-record.js';

const expires = '2027-01-01T12:00:00.000Z';
const own = { createdAt: 1, lastSeenAt: 2, cookieSentAt: 3 };
const cookie = { httpOnly: true, path: '/', sameSite: 'lax', originalMaxAge: 86_400_000 } as const;

/** What JSON makes of a record: what any store gives back. */
const asJson = (record: SessionRecord) => JSON.parse(JSON.stringify(record));

const there = (record: SessionRecord) => {
  const packer = new RecordPacker();
  return packer.unpack(packer.pack(record));
};

describe('a packed record', () => {
  it('comes back as it was, whatever it is', () => {
    const date = fc.oneof(
      fc.constant(expires),
      fc.date().map((value) => value),
      fc.json(),
      fc.anything(),
    );
    const part = fc.oneof(
      fc.jsonValue(),
      fc.record({ expires: date, originalMaxAge: fc.jsonValue(), path: fc.string() }, { requiredKeys: [] }),
      fc.record(
        { createdAt: fc.jsonValue(), lastSeenAt: fc.integer(), maxAge: fc.jsonValue() },
        { requiredKeys: [] },
      ),
    );
    const data = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(data, part, part, (values, first, second) => {
        const record = { ...values, cookie: first, __session: second } as SessionRecord;
        let json: unknown;
        try {
          json = asJson(record);
        } catch {
          return; // No JSON: refused.
        }
        expect(there(record)).toEqual(json);
      }),
    );
  });

  it.each<[string, SessionRecord]>([
    ['of this library', { user: 'ada', cookie: { ...cookie, expires }, __session: own }],
    ['with a lifetime of its own', { cookie: { ...cookie, expires }, __session: { ...own, maxAge: 60 } }],
    [
      'noted with its user',
      { cookie: { ...cookie, expires }, __session: { ...own, user: 'u', notedUntil: 9, notedAs: 'a' } },
    ],
    [
      'with half of that',
      { cookie: { ...cookie, expires }, __session: { ...own, user: 'u', notedUntil: 9 } },
    ],
    ['whose dates are not known yet', { cookie: { ...cookie, expires }, __session: { createdAt: null } }],
    ['of express-session', { user: 'ada', cookie: { ...cookie, expires } }],
    ['of express-session, left open', { cookie: { ...cookie, expires: null } }],
    ['of 1.x', { user: 'ada' }],
    ['with a date of another form', { cookie: { expires: '2027-01-01' }, __session: own }],
    ['with a date that is none', { cookie: { expires: 'soon' }, __session: own }],
    [
      'with a date that is an object which cannot be text',
      { cookie: { expires: { toString: [] } as never } },
    ],
    ['with a key that objects have', JSON.parse('{"__proto__":{"a":1},"constructor":2}')],
  ])('%s comes back as it was', (_, record) => {
    expect(there(record)).toEqual(asJson(record));
  });

  it('tells its expiry', () => {
    const packer = new RecordPacker();
    const expiryOf = (record: SessionRecord) => packedExpiry(packer.pack(record));
    expect(expiryOf({ cookie: { ...cookie, expires }, __session: own })).toBe(Date.parse(expires));
    expect(expiryOf({ cookie: { expires: new Date(expires) } })).toBe(Date.parse(expires));
    for (const record of [
      { n: 1 },
      { cookie: {} },
      { cookie: { expires: 'soon' } },
      { cookie: { expires: null } },
    ]) {
      expect(expiryOf(record)).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it('has the same text for the same record, and another for any other: it is a version', () => {
    const packer = new RecordPacker();
    const record = { n: 1, cookie: { ...cookie, expires }, __session: own };
    const text = packer.pack(record);
    expect(packer.pack(structuredClone(record))).toBe(text);
    for (const other of [
      { ...record, n: 2 },
      { ...record, cookie: { ...record.cookie, path: '/a' } },
      { ...record, __session: { ...own, lastSeenAt: 9 } },
    ]) {
      expect(packer.pack(other)).not.toBe(text);
    }
  });

  it('holds little beside its data', () => {
    const data = { user: 'u'.repeat(180) };
    const record = { ...data, cookie: { ...cookie, expires }, __session: { ...own, createdAt: Date.now() } };
    const text = new RecordPacker().pack(record);
    expect(text.length - JSON.stringify(data).length).toBeLessThan(50);
  });

  it('shares no shape with the old IDs of a session: they are of that one alone', () => {
    const packer = new RecordPacker();
    for (let n = 0; n < 300; n++) {
      const predecessors = [{ key: `key-${n}`, until: 1 }];
      const record = { cookie: { ...cookie, expires }, __session: { ...own, predecessors } };
      expect(packer.unpack(packer.pack(record))).toEqual(record);
    }
    expect(packer.pack({ cookie: { ...cookie, expires }, __session: own })).not.toContain('path');
  });

  it('shares a limited number of shapes: any other is packed with its own', () => {
    const packer = new RecordPacker();
    const records = Array.from({ length: 300 }, (_, index) => ({
      cookie: { ...cookie, originalMaxAge: index, expires },
      __session: own,
    }));
    const texts = records.map((record) => packer.pack(record));
    expect(texts.map((text) => packer.unpack(text))).toEqual(records);
    expect(texts.filter((text) => text.includes('originalMaxAge'))).toHaveLength(300 - 256);
  });
});
