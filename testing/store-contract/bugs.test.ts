import { describe, expect, it } from 'vitest';
import type { CallOptions, SessionRecord } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs, testsOf } from '../test-kits/planted-bugs.js';
import { ToyStore } from '../test-kits/toy-store.js';

const shared = new Map();

const bugs: PlantedBugs = {
  'hands out what it holds': [
    () =>
      new (class extends ToyStore {
        protected override copy = (record: SessionRecord) => record;
      })(),
    [
      'values > are not changed through what was written',
      'values > are not changed through what was read',
      'compare and swap > is not changed through what was written or loaded',
    ],
  ],
  'keeps what it was handed, and gives copies': [
    () =>
      new (class extends ToyStore {
        override async set(id: string, record: SessionRecord, options: CallOptions) {
          this.put(id, record, options);
          const entry = this.entries.get(id);
          if (entry) entry.record = record;
        }
      })(),
    ['values > are not changed through what was written'],
  ],
  'writes into the record it was handed': [
    () =>
      new (class extends ToyStore {
        override async set(id: string, record: SessionRecord, options: CallOptions) {
          Object.assign(record, { savedAt: 1 });
          this.put(id, record, options);
        }
      })(),
    ['values > writing leaves the record it is given alone'],
  ],
  'turns every "expires" into a Date': [
    () =>
      new (class extends ToyStore {
        protected override copy = (record: SessionRecord) =>
          JSON.parse(JSON.stringify(record), (key, value) => (key === 'expires' ? new Date(value) : value));
      })(),
    ['values > keeps keys of every kind'],
  ],
  'merges into what was there': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          return super.put(id, { ...this.live(id, options)?.record, ...record }, options);
        }
      })(),
    [
      'values > set replaces the whole record',
      'writers at once > a hundred of one record, of which one is kept whole',
    ],
  ],
  'drops what is null': [
    () =>
      new (class extends ToyStore {
        protected override copy = (record: SessionRecord) =>
          JSON.parse(JSON.stringify(record), (_, value) => value ?? undefined);
      })(),
    [
      'values > keeps arrays',
      'values > keeps null and booleans',
      'values > tells null from absent',
      'compare and swap > load gives what get gives, with a version',
    ],
  ],
  'takes 64 KB at most': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          if (JSON.stringify(record).length > 65_536) throw new Error('too long');
          return super.put(id, record, options);
        }
      })(),
    ['values > keeps a value of one megabyte'],
  ],
  'ignores expiry': [
    () =>
      new (class extends ToyStore {
        protected override isOver = () => false;
      })(),
    [
      'expiry > set with one that has passed removes the record',
      'expiry > set with one that has passed creates none',
      'expiry > ends a record, and no other',
      'expiry > can be brought forward by set',
      'touch > brings back nothing that has expired',
      'touch > can bring the expiry forward',
      'compare and swap > removes the version expected by an expiry that has passed, and no other record',
      'compare and swap > succeeds, and leaves nothing, where none is expected and none is to be',
      'compare and swap > a record that has expired counts as none',
      'users > keep no record alive by listing it',
      'with the time set by a test > set removes by an expiry before it',
      'with the time set by a test > swap removes by an expiry before it',
      'with the time set by a test > load gives none that ended before it, where the date in the record decides',
    ],
  ],
  'takes a past expiry for none': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          const isPast = this.isOver(this.endOf(record), options);
          return super.put(id, isPast ? { ...record, cookie: {} } : record, options);
        }
      })(),
    [
      'expiry > set with one that has passed removes the record',
      'expiry > set with one that has passed creates none',
      'compare and swap > removes the version expected by an expiry that has passed, and no other record',
      'compare and swap > succeeds, and leaves nothing, where none is expected and none is to be',
      'with the time set by a test > set removes by an expiry before it',
      'with the time set by a test > swap removes by an expiry before it',
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
      'expiry > set moves it',
      'expiry > can be brought forward by set',
      'touch > keeps a record alive',
      'touch > moves the date in the record, where that decides',
      'touch > can bring the expiry forward',
      'users > list a record that outlives its first expiry',
    ],
  ],
  'takes a record without an expiry for one that has expired': [
    () =>
      new (class extends ToyStore {
        protected override endOf = ({ cookie }: SessionRecord) => new Date(cookie?.expires ?? 0).getTime();
      })(),
    [
      'expiry > set keeps a record without one: an originalMaxAge alone',
      'expiry > set keeps a record without one: a cookie whose expiry is null',
      'expiry > set keeps a record without one: no cookie',
      'compare and swap > keeps a record without an expiry: an originalMaxAge alone',
      'compare and swap > keeps a record without an expiry: a cookie whose expiry is null',
      'compare and swap > keeps a record without an expiry: no cookie',
    ],
  ],
  'cannot do without a cookie': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          if (!record.cookie) throw new TypeError('no cookie');
          return super.put(id, record, options);
        }
      })(),
    [
      'expiry > set keeps a record without one: no cookie',
      'compare and swap > keeps a record without an expiry: no cookie',
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
      'expiry > set keeps a record without one: a cookie whose expiry is null',
      'compare and swap > keeps a record without an expiry: a cookie whose expiry is null',
    ],
  ],
  'lower-cases IDs': [
    () =>
      new (class extends ToyStore {
        protected override key = (id: string) => id.toLowerCase();
      })(),
    [
      'IDs > of every letter there is',
      'IDs > that differ by letters of the other case',
      'IDs > of 43 letters that differ in the case of the last',
      'IDs > of 256 letters that differ in the case of the last',
      'users > have sessions whose IDs of 43 letters differ in the last, or in its case',
      'users > have sessions whose IDs of 256 letters differ in the last, or in its case',
    ],
  ],
  'cuts IDs at 128 letters': [
    () =>
      new (class extends ToyStore {
        protected override key = (id: string) => id.slice(0, 128);
      })(),
    [
      'IDs > of 256 letters that differ in the last',
      'IDs > of 256 letters that differ in the case of the last',
      'users > have sessions whose IDs of 256 letters differ in the last, or in its case',
    ],
  ],
  'cuts IDs at 42 letters': [
    () =>
      new (class extends ToyStore {
        protected override key = (id: string) => id.slice(0, 42);
      })(),
    [
      'IDs > of 43 letters that differ in the last',
      'IDs > of 43 letters that differ in the case of the last',
      'IDs > of 256 letters that differ in the last',
      'IDs > of 256 letters that differ in the case of the last',
      'users > have sessions whose IDs of 43 letters differ in the last, or in its case',
      'users > have sessions whose IDs of 256 letters differ in the last, or in its case',
    ],
  ],
  'lower-cases IDs that are hashes': [
    () =>
      new (class extends ToyStore {
        protected override key = (id: string) => (id.length === 43 ? id.toLowerCase() : id);
      })(),
    [
      'IDs > of 43 letters that differ in the case of the last',
      'users > have sessions whose IDs of 43 letters differ in the last, or in its case',
    ],
  ],
  'takes an ID for a number where it can': [
    () =>
      new (class extends ToyStore {
        protected override key = (id: string) => (/^\d+$/.test(id) ? String(Number(id)) : id);
      })(),
    ['IDs > that differ by digits that are one number'],
  ],
  'keeps all stores in one place': [
    () => {
      const store = new ToyStore();
      Object.assign(store, { entries: shared });
      return store;
    },
    [
      'IDs > that differ by an underscore, which matches any letter in SQL LIKE',
      'IDs > that differ by a colon, which separates parts of a key',
      'IDs > that differ by digits that are one number',
      'two stores > see nothing of each other',
      'compare and swap > creates a record where none is expected and none is',
      'compare and swap > replaces the version that swap gave',
      'compare and swap > brings back no record that was destroyed',
      'compare and swap > is not changed through what was written or loaded',
      'compare and swap > of 50 that create at once, one does',
      'compare and swap > of 50 that replace at once, one does',
      'compare and swap > removes the version expected by an expiry that has passed, and no other record',
      'compare and swap > removes no version but the one expected',
      'compare and swap > succeeds, and leaves nothing, where none is expected and none is to be',
      'compare and swap > keeps a record without an expiry: an originalMaxAge alone',
      'compare and swap > keeps a record without an expiry: a cookie whose expiry is null',
      'compare and swap > keeps a record without an expiry: no cookie',
      'compare and swap > a record that has expired counts as none',
      'users > list a session whose record is not written yet',
    ],
  ],
  'fails where destroy finds nothing': [
    () =>
      new (class extends ToyStore {
        override async destroy(id: string) {
          if (!this.entries.delete(id)) throw new Error('not found');
        }
      })(),
    [
      'missing records > can be destroyed: nothing happens',
      'missing records > are missing after they were destroyed, once or twice',
      'writers at once > a hundred that destroy one record',
    ],
  ],
  'destroys every ID that begins so': [
    () =>
      new (class extends ToyStore {
        override async destroy(id: string) {
          for (const key of this.entries.keys()) if (key.startsWith(id)) this.entries.delete(key);
        }
      })(),
    [
      'IDs > that differ by a colon, which separates parts of a key',
      'IDs > that differ by a beginning of the other',
    ],
  ],
  'has a touch that brings back': [
    () =>
      new (class extends ToyStore {
        override touch = this.set;
      })(),
    [
      'touch > leaves the data as it is',
      'touch > leaves the data as it is, though it is given none',
      'touch > makes no record where there is none',
      'touch > brings back nothing that was destroyed',
      'touch > brings back nothing that has expired',
    ],
  ],
  'has a touch that does nothing': [
    () =>
      new (class extends ToyStore {
        override async touch() {}
      })(),
    [
      'touch > keeps a record alive',
      'touch > moves the date in the record, where that decides',
      'touch > can bring the expiry forward',
    ],
  ],
  'has a touch that fails where there is nothing': [
    () =>
      new (class extends ToyStore {
        override async touch(id: string, record: SessionRecord, options: CallOptions) {
          if (!this.live(id, options)) throw new Error('not found');
          await super.touch(id, record, options);
        }
      })(),
    [
      'touch > makes no record where there is none',
      'touch > brings back nothing that was destroyed',
      'touch > brings back nothing that has expired',
    ],
  ],
  'has a touch that merges': [
    () =>
      new (class extends ToyStore {
        override async touch(id: string, record: SessionRecord, options: CallOptions) {
          const stored = this.live(id, options);
          if (stored) this.put(id, { ...stored.record, ...record }, options);
        }
      })(),
    ['touch > leaves the data as it is'],
  ],
  'has a touch that writes what it is given over what is there': [
    () =>
      new (class extends ToyStore {
        override async touch(id: string, record: SessionRecord, options: CallOptions) {
          if (this.live(id, options)) this.put(id, record, options);
        }
      })(),
    ['touch > leaves the data as it is', 'touch > leaves the data as it is, though it is given none'],
  ],
  'has a touch that moves the end, and not the date in the record': [
    () =>
      new (class extends ToyStore {
        override async touch(id: string, record: SessionRecord, options: CallOptions) {
          const stored = this.live(id, options);
          if (stored) stored.until = this.endOf(record);
        }
      })(),
    ['touch > moves the date in the record, where that decides'],
  ],
};

it('a store that holds the contract passes', async () => {
  expect(await failures(() => new ToyStore())).toEqual([]);
});

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});

describe.each(['atomic', 'users'] as const)('the capability %s', (capability) => {
  const others = capability === 'atomic' ? { users: false } : {};
  const offering = (offered: object | undefined) => Object.assign(new ToyStore(), { [capability]: offered });
  const namesIf = (asked: boolean) =>
    testsOf(() => new ToyStore(), { ...others, [capability]: asked }).map(({ name }) => name);

  it('is asked for where the store is said to have it', async () => {
    const failed = await failures(() => offering(undefined), { ...others, [capability]: true });
    expect(failed.length).toBeGreaterThan(10);
    expect(namesIf(true).filter((name) => !failed.includes(name))).toEqual(namesIf(false));
  });

  it('is not asked for where nothing is said', async () => {
    expect(await failures(() => offering(undefined), others)).toEqual([]);
  });

  it('is left alone where the store is said not to have it', async () => {
    const broken = new Proxy({}, { get: (_, method) => () => Promise.reject(new Error(String(method))) });
    expect(await failures(() => offering(broken), { ...others, [capability]: false })).toEqual([]);
  });
});
