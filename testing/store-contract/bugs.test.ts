import { describe, expect, it } from 'vitest';
import { isObject } from '../../src/lib/json.js';
import type { CallOptions, SessionRecord } from '../../src/store-contract/store.js';
import { failures, HISTORIES, type PlantedBugs, testsOf } from '../test-kits/planted-bugs.js';
import { ToyStore } from '../test-kits/toy-store.js';

const shared = new Map();

const bugs: PlantedBugs = {
  'returns the object that it keeps': [
    () =>
      new (class extends ToyStore {
        protected override copy = (record: SessionRecord) => record;
      })(),
    [
      'values > stay the same when the written object changes',
      'values > stay the same when the returned object changes',
      'compare and swap > keeps its copy when the written or loaded object changes',
    ],
  ],
  'keeps the written object, and returns copies': [
    () =>
      new (class extends ToyStore {
        override async set(id: string, record: SessionRecord, options: CallOptions) {
          this.put(id, record, options);
          const entry = this.stored.get(id);
          if (entry) entry.record = record;
        }
      })(),
    ['values > stay the same when the written object changes'],
  ],
  'changes the record passed to set': [
    () =>
      new (class extends ToyStore {
        override async set(id: string, record: SessionRecord, options: CallOptions) {
          Object.assign(record, { savedAt: 1 });
          this.put(id, record, options);
        }
      })(),
    ['values > set does not change the record passed to it'],
  ],
  'turns every "expires" into a Date': [
    () =>
      new (class extends ToyStore {
        protected override copy = (record: SessionRecord) =>
          JSON.parse(JSON.stringify(record), (key, value) => (key === 'expires' ? new Date(value) : value));
      })(),
    ['values > keeps keys of every kind'],
  ],
  'merges the new record into the old one': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          return super.put(id, { ...this.live(id, options)?.record, ...record }, options);
        }
      })(),
    [
      'values > set replaces the whole record',
      'concurrent writes > keeps one of 100 records with the same ID, and keeps it whole',
    ],
  ],
  'drops null values': [
    () =>
      new (class extends ToyStore {
        protected override copy = (record: SessionRecord) =>
          JSON.parse(JSON.stringify(record), (_, value) => value ?? undefined);
      })(),
    [
      'values > keeps arrays',
      'values > keeps null and booleans',
      'values > tells a null value from a missing key',
      'values > keeps __session if it is an array',
      'values > keeps __session if it is an object',
      'compare and swap > load gives the record with a version',
    ],
  ],
  'takes at most 64 KB': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          if (JSON.stringify(record).length > 65_536) throw new Error('too long');
          return super.put(id, record, options);
        }
      })(),
    [
      'values > keeps a value of one megabyte',
      'records and maxBytes > get gives a larger record, or throws ERR_SESSION_DATA',
      'records and maxBytes > load gives a larger record, or its size and "unreadable"',
      'records and maxBytes > list and revoke give larger records, or their size and "unreadable"',
    ],
  ],
  'ignores expiry': [
    () =>
      new (class extends ToyStore {
        protected override isOver = () => false;
      })(),
    [
      'expiry > set deletes the record if its expiry has passed: a date as text',
      'expiry > set deletes the record if its expiry has passed: a date as a number',
      'expiry > set creates no record if its expiry has passed',
      'expiry > get gives null for an expired record, and still gives others',
      'expiry > get gives null for an expired record whose date is a number',
      'expiry > set moves the expiry to an earlier time',
      'touch > does not bring back an expired record',
      'touch > moves the expiry to an earlier time',
      'compare and swap > deletes the record if the new expiry has passed, and no other record: a date as text',
      'compare and swap > deletes the record if the new expiry has passed, and no other record: a date as a number',
      'compare and swap > succeeds and stores nothing if nothing is stored and the expiry has passed',
      'compare and swap > treats an expired record as missing',
      'users > list does not keep a record alive',
      'with the time set by a test > set deletes the record if the new expiry is earlier',
      'with the time set by a test > swap deletes the record if the new expiry is earlier',
      'with the time set by a test > load gives null for a record that expired, if expiry is "record"',
    ],
  ],
  'treats a past expiry as no expiry': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          const isPast = this.isOver(this.endOf(record), options);
          return super.put(id, isPast ? { ...record, cookie: {} } : record, options);
        }
      })(),
    [
      'expiry > set deletes the record if its expiry has passed: a date as text',
      'expiry > set deletes the record if its expiry has passed: a date as a number',
      'expiry > set creates no record if its expiry has passed',
      'compare and swap > deletes the record if the new expiry has passed, and no other record: a date as text',
      'compare and swap > deletes the record if the new expiry has passed, and no other record: a date as a number',
      'compare and swap > succeeds and stores nothing if nothing is stored and the expiry has passed',
      'with the time set by a test > set deletes the record if the new expiry is earlier',
      'with the time set by a test > swap deletes the record if the new expiry is earlier',
    ],
  ],
  'keeps the first expiry': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          const isPast = this.isOver(this.endOf(record), options);
          const cookie = isPast ? undefined : this.live(id, options)?.record.cookie;
          return super.put(id, cookie ? { ...record, cookie } : record, options);
        }
      })(),
    [
      'expiry > set moves the expiry to a later time',
      'expiry > set moves the expiry to an earlier time',
      'touch > keeps a record alive',
      'touch > moves the date in the record if expiry is "record"',
      'touch > moves the expiry to an earlier time',
      'users > list gives a record whose expiry was moved to a later time',
    ],
  ],
  'treats a record without an expiry as expired': [
    () =>
      new (class extends ToyStore {
        protected override endOf = ({ cookie }: SessionRecord) => new Date(cookie?.expires ?? 0).getTime();
      })(),
    [
      'expiry > set keeps a record without an expiry: only originalMaxAge',
      'expiry > set keeps a record without an expiry: expires is null',
      'expiry > set keeps a record without an expiry: no cookie',
      'compare and swap > keeps a record without an expiry: only originalMaxAge',
      'compare and swap > keeps a record without an expiry: expires is null',
      'compare and swap > keeps a record without an expiry: no cookie',
    ],
  ],
  'fails without a cookie': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          if (!record.cookie) throw new TypeError('no cookie');
          return super.put(id, record, options);
        }
      })(),
    [
      'expiry > set keeps a record without an expiry: no cookie',
      'compare and swap > keeps a record without an expiry: no cookie',
    ],
  ],
  'takes a date that is a number for no date': [
    () =>
      new (class extends ToyStore {
        protected override endOf(record: SessionRecord) {
          return typeof record.cookie?.expires === 'number' ? 8.64e15 : super.endOf(record);
        }
      })(),
    [
      'expiry > set deletes the record if its expiry has passed: a date as a number',
      'expiry > get gives null for an expired record whose date is a number',
      'compare and swap > deletes the record if the new expiry has passed, and no other record: a date as a number',
    ],
  ],
  'keeps __session only if it is an object': [
    () =>
      new (class extends ToyStore {
        protected override copy = ({ __session, ...record }: SessionRecord) =>
          structuredClone({ ...record, ...(isObject(__session) && { __session }) });
      })(),
    [
      'values > keeps the dates of the session in a record that is compact',
      'values > keeps __session if it is an array',
      'values > keeps __session if it is a text',
      'values > keeps __session if it is a number',
    ],
  ],
  'reads an expiry of null as 1970': [
    () =>
      new (class extends ToyStore {
        protected override endOf(record: SessionRecord) {
          return record.cookie?.expires === null ? 0 : super.endOf(record);
        }
      })(),
    [
      'expiry > set keeps a record without an expiry: expires is null',
      'compare and swap > keeps a record without an expiry: expires is null',
    ],
  ],
  'lower-cases IDs': [
    () =>
      new (class extends ToyStore {
        protected override key = (id: string) => id.toLowerCase();
      })(),
    [
      'IDs > takes every allowed letter as an ID',
      'IDs > tells apart two IDs that differ by upper and lower case',
      'IDs > tells apart IDs of 43 letters by the case of the last letter',
      'IDs > tells apart IDs of 256 letters by the case of the last letter',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
    ],
  ],
  'cuts IDs at 128 letters': [
    () =>
      new (class extends ToyStore {
        protected override key = (id: string) => id.slice(0, 128);
      })(),
    [
      'IDs > tells apart IDs of 256 letters by the last letter',
      'IDs > tells apart IDs of 256 letters by the case of the last letter',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
    ],
  ],
  'cuts IDs at 42 letters': [
    () =>
      new (class extends ToyStore {
        protected override key = (id: string) => id.slice(0, 42);
      })(),
    [
      'IDs > tells apart IDs of 43 letters by the last letter',
      'IDs > tells apart IDs of 43 letters by the case of the last letter',
      'IDs > tells apart IDs of 256 letters by the last letter',
      'IDs > tells apart IDs of 256 letters by the case of the last letter',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
    ],
  ],
  'lower-cases IDs that are hashes': [
    () =>
      new (class extends ToyStore {
        protected override key = (id: string) => (id.length === 43 ? id.toLowerCase() : id);
      })(),
    [
      'IDs > tells apart IDs of 43 letters by the case of the last letter',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
    ],
  ],
  'reads an ID of digits as a number': [
    () =>
      new (class extends ToyStore {
        protected override key = (id: string) => (/^\d+$/.test(id) ? String(Number(id)) : id);
      })(),
    ['IDs > tells apart two IDs that differ by a zero in front of a number'],
  ],
  'shares records between stores': [
    () => {
      const store = new ToyStore();
      Object.assign(store, { stored: shared });
      return store;
    },
    [
      'IDs > tells apart two IDs that differ by an underscore, which matches any letter in SQL LIKE',
      'IDs > tells apart two IDs that differ by a colon, which separates parts of a key',
      'IDs > tells apart two IDs that differ by a zero in front of a number',
      'two stores > share no records',
      'compare and swap > creates a record if nothing is stored',
      'compare and swap > replaces the version that swap gave',
      'compare and swap > does not bring back a destroyed record',
      'compare and swap > keeps its copy when the written or loaded object changes',
      'compare and swap > lets one of 50 concurrent swaps create a record',
      'compare and swap > lets one of 50 concurrent swaps replace a record',
      'compare and swap > deletes the record if the new expiry has passed, and no other record: a date as text',
      'compare and swap > deletes the record if the new expiry has passed, and no other record: a date as a number',
      'compare and swap > deletes only the expected version',
      'compare and swap > succeeds and stores nothing if nothing is stored and the expiry has passed',
      'compare and swap > keeps a record without an expiry: only originalMaxAge',
      'compare and swap > keeps a record without an expiry: expires is null',
      'compare and swap > keeps a record without an expiry: no cookie',
      'compare and swap > treats an expired record as missing',
      'users > list gives a session whose record is not written yet',
      'users > revoke revokes all entries of the user, and gives their records',
    ],
  ],
  'has a destroy that fails for a missing record': [
    () =>
      new (class extends ToyStore {
        override async destroy(id: string) {
          if (!this.stored.delete(id)) throw new Error('not found');
        }
      })(),
    [
      'missing records > destroy does nothing',
      'missing records > get gives null after destroy, and after a second destroy',
      'concurrent writes > allows 100 calls of destroy for one record',
    ],
  ],
  'has a destroy that deletes every ID with the same start': [
    () =>
      new (class extends ToyStore {
        override async destroy(id: string) {
          for (const key of this.stored.keys()) if (key.startsWith(id)) this.stored.delete(key);
        }
      })(),
    [
      'IDs > tells apart two IDs that differ by a colon, which separates parts of a key',
      'IDs > tells apart two IDs that differ by one more letter at the end',
    ],
  ],
  'has a touch that creates a record': [
    () =>
      new (class extends ToyStore {
        override touch = this.set;
      })(),
    [
      'touch > does not change the data',
      'touch > does not change the data when it gets none',
      'touch > does not create a record',
      'touch > does not bring back a destroyed record',
      'touch > does not bring back an expired record',
    ],
  ],
  'has a touch that does nothing': [
    () =>
      new (class extends ToyStore {
        override async touch() {}
      })(),
    [
      'touch > keeps a record alive',
      'touch > moves the date in the record if expiry is "record"',
      'touch > moves the expiry to an earlier time',
    ],
  ],
  'has a touch that fails for a missing record': [
    () =>
      new (class extends ToyStore {
        override async touch(id: string, record: SessionRecord, options: CallOptions) {
          if (!this.live(id, options)) throw new Error('not found');
          await super.touch(id, record, options);
        }
      })(),
    [
      'touch > does not create a record',
      'touch > does not bring back a destroyed record',
      'touch > does not bring back an expired record',
    ],
  ],
  'has a touch that merges the data': [
    () =>
      new (class extends ToyStore {
        override async touch(id: string, record: SessionRecord, options: CallOptions) {
          const stored = this.live(id, options);
          if (stored) this.put(id, { ...stored.record, ...record }, options);
        }
      })(),
    ['touch > does not change the data'],
  ],
  'has a touch that replaces the record': [
    () =>
      new (class extends ToyStore {
        override async touch(id: string, record: SessionRecord, options: CallOptions) {
          if (this.live(id, options)) this.put(id, record, options);
        }
      })(),
    ['touch > does not change the data', 'touch > does not change the data when it gets none'],
  ],
  'has a touch that moves the expiry, but not the date in the record': [
    () =>
      new (class extends ToyStore {
        override async touch(id: string, record: SessionRecord, options: CallOptions) {
          const stored = this.live(id, options);
          if (stored) stored.until = this.endOf(record);
        }
      })(),
    ['touch > moves the date in the record if expiry is "record"'],
  ],
};

it('a correct store passes', async () => {
  expect(await failures(() => new ToyStore())).toEqual([]);
});

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});

describe.each(['atomic', 'users'] as const)('the capability %s', (capability) => {
  const others = capability === 'atomic' ? { users: false } : {};
  const offering = (offered: object | undefined) => Object.assign(new ToyStore(), { [capability]: offered });
  const namesIf = (asked: boolean) =>
    testsOf(() => new ToyStore(), { ...others, [capability]: asked })
      .map(({ name }) => name)
      .filter((name) => !name.startsWith(HISTORIES));

  it('is required if the contract says true', async () => {
    const failed = await failures(() => offering(undefined), { ...others, [capability]: true });
    expect(failed.length).toBeGreaterThan(10);
    expect(namesIf(true).filter((name) => !failed.includes(name))).toEqual(namesIf(false));
  });

  it('is optional if the contract does not say', async () => {
    expect(await failures(() => offering(undefined), others)).toEqual([]);
  });

  it('is not tested if the contract says false', async () => {
    const broken = new Proxy({}, { get: (_, method) => () => Promise.reject(new Error(String(method))) });
    expect(await failures(() => offering(broken), { ...others, [capability]: false })).toEqual([]);
  });
});
