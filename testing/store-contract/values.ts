import { compactRecordOf, type Data, instant, recordOf } from './records.js';
import type { StoreSuite } from './suite.js';

const MEGABYTE = 2 ** 20;

/** Every kind of JSON, and values that some stores are known to change. */
const VALUES: Record<string, Data> = {
  'nested objects': { a: { b: { c: { d: [{ e: { f: 1 } }] } } } },
  arrays: { flat: [1, 'two', false, null], nested: [[[]], [{}], [[1], [2, [3]]]] },
  'empty values': { text: '', array: [], object: {} },
  'null and booleans': { none: null, yes: true, no: false, list: [null, true, false] },
  'large and small numbers': {
    zero: 0,
    negative: -1,
    fraction: 0.1,
    safe: Number.MAX_SAFE_INTEGER,
    unsafe: -Number.MAX_SAFE_INTEGER,
    huge: Number.MAX_VALUE,
    tiny: Number.MIN_VALUE,
  },
  'text of every script': {
    latin: 'Žluťoučký',
    cjk: '会话',
    arabic: 'جلسة',
    emoji: '👩‍👩‍👧‍👦',
    combining: 'e\u0301',
  },
  'control characters and quotes': { text: '\u0000\u0001\t\r\n\u2028\u2029\u007f\\"\'`$&{}<!--%00' },
  'text that looks like something else': {
    date: '2020-01-01T00:00:00.000Z',
    number: '1',
    json: '{"a":1}',
    no: 'null',
  },
  // Some of these names have a meaning in databases, in templates or on prototypes.
  'keys of every kind': {
    constructor: 1,
    toString: 2,
    hasOwnProperty: 3,
    '': 4,
    ' ': 5,
    0: 6,
    'a.b': 7,
    $set: 8,
    'quote"\'': 9,
    日本: 10,
    id: 11,
    length: 12,
    nested: { expires: 'soon', maxAge: 1, cookie: { expires: 'x' }, constructor: { prototype: 1 } },
  },
  'a value of one megabyte': { text: 'x'.repeat(MEGABYTE) },
};

/** What later versions of the library may write, as well as this one. */
const SESSIONS: Record<string, unknown> = {
  'an array': [9, 'sid', null, -1, [], ['a', 1], { users: ['a', 'b'] }],
  'an object': { format: 9, empty: {}, deep: { list: [{ n: null }] } },
  'a text': 'A3Nl_Ym9keQ.iv==',
  'a number': 9,
};

/** Tests that a store returns exactly what was written. */
export function testValues({ describe, expect, test }: StoreSuite): void {
  describe('values', () => {
    for (const [name, data] of Object.entries(VALUES)) {
      test(`keeps ${name}`, async ({ store, holds }) => {
        await store.set('id', recordOf(data));
        await holds('id', data);
      });
    }

    test('tells a null value from a missing key', async ({ store, read }) => {
      await store.set('id', recordOf({ none: null }));
      const record = (await read('id')) ?? {};
      expect(['none' in record, 'absent' in record]).toEqual([true, false]);
    });

    for (const [name, make] of Object.entries({ shared: recordOf, compact: compactRecordOf })) {
      test(`keeps the dates of the session in a record that is ${name}`, async ({ store, read }) => {
        const written = make({ n: 1 });
        await store.set('id', written);
        const record = await read('id');
        expect(instant(record?.cookie)).toBe(instant(written.cookie));
        expect(record?.cookie?.originalMaxAge ?? null).toBe(written.cookie?.originalMaxAge ?? null);
        expect(record?.__session).toEqual(written.__session);
      });
    }

    for (const [name, __session] of Object.entries(SESSIONS)) {
      test(`keeps __session if it is ${name}`, async ({ store, read }) => {
        await store.set('id', { ...recordOf({ n: 1 }), __session });
        expect((await read('id'))?.__session).toEqual(__session);
      });
    }

    test('set replaces the whole record', async ({ store, read, holds }) => {
      await store.set('id', recordOf({ first: 1, both: { a: 1 } }));
      await store.set('id', recordOf({ second: 2, both: { b: 2 } }));
      await holds('id', { second: 2, both: { b: 2 } });
      expect('first' in ((await read('id')) ?? {})).toBe(false);
    });

    test('stay the same when the written object changes', async ({ store, holds }) => {
      const written = recordOf({ list: [1], name: 'ada' });
      await store.set('id', written);
      (written.list as number[]).push(2);
      written.name = 'eve';
      await holds('id', { list: [1], name: 'ada' });
    });

    test('stay the same when the returned object changes', async ({ store, read, holds }) => {
      await store.set('id', recordOf({ list: [1], name: 'ada' }));
      const record = (await read('id')) as Data | null;
      if (record) {
        (record.list as number[]).push(2);
        record.name = 'eve';
      }
      await holds('id', { list: [1], name: 'ada' });
    });

    test('set does not change the record passed to it', async ({ store }) => {
      const written = recordOf({ list: [1] });
      const before = JSON.stringify(written);
      await store.set('id', written);
      expect(JSON.stringify(written)).toBe(before);
    });
  });
}
