import { expect, it } from 'vitest';
import type { SessionRecord } from '../../src/store-contract/store.js';
import type { StoreContract } from '../index.js';
import { failures, type PlantedBugs, testsOf } from '../test-kits/planted-bugs.js';
import { ToyStore } from '../test-kits/toy-store.js';

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

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
        override async set(id: string, record: SessionRecord) {
          const version = this.put(id, record);
          const entry = this.entries.get(id);
          if (entry) this.entries.set(id, { record, version });
        }
      })(),
    ['values > are not changed through what was written'],
  ],
  'writes into the record it was handed': [
    () =>
      new (class extends ToyStore {
        override async set(id: string, record: SessionRecord) {
          Object.assign(record, { savedAt: 1 });
          this.put(id, record);
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
        protected override put(id: string, record: SessionRecord) {
          return super.put(id, { ...this.live(id)?.record, ...record });
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
        protected override put(id: string, record: SessionRecord) {
          if (JSON.stringify(record).length > 65_536) throw new Error('too long');
          return super.put(id, record);
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
      'compare and swap > removes by an expiry that has passed',
      'compare and swap > a record that has expired counts as none',
      'users > listing keeps no record alive',
    ],
  ],
  'takes a past expiry for none': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord) {
          const version = `v${++this.writes}`;
          const past = new Date(record.cookie?.expires ?? 0).getTime() < Date.now();
          this.entries.set(id, { record: past ? { ...record, cookie: {} } : this.copy(record), version });
          return version;
        }
      })(),
    [
      'expiry > set with one that has passed removes the record',
      'expiry > set with one that has passed creates none',
      'compare and swap > removes by an expiry that has passed',
    ],
  ],
  'keeps the first expiry': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord) {
          const cookie = this.isOver(record) ? undefined : this.live(id)?.record.cookie;
          return super.put(id, cookie ? { ...record, cookie } : record);
        }
      })(),
    [
      'expiry > set moves it',
      'expiry > can be brought forward by set',
      'touch > keeps a record alive',
      'touch > can bring the expiry forward',
      'users > a record that outlives its first expiry is still noted',
    ],
  ],
  'lower-cases IDs': [
    () =>
      new (class extends ToyStore {
        protected override key = (id: string) => id.toLowerCase();
      })(),
    ['IDs > of every letter there is', 'IDs > that differ by letters of the other case'],
  ],
  'cuts IDs at 128 letters': [
    () =>
      new (class extends ToyStore {
        protected override key = (id: string) => id.slice(0, 128);
      })(),
    ['IDs > of 256 letters, the longest'],
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
      'compare and swap > removes by an expiry that has passed',
      'compare and swap > is not changed through what was written or loaded',
      'compare and swap > of 50 that create at once, one does',
      'compare and swap > of 50 that replace at once, one does',
      'compare and swap > a record that has expired counts as none',
      'users > lists what is noted though its record is not written yet',
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
    ['touch > keeps a record alive', 'touch > can bring the expiry forward'],
  ],
  'has a touch that fails where there is nothing': [
    () =>
      new (class extends ToyStore {
        override async touch(id: string, record: SessionRecord) {
          if (!this.live(id)) throw new Error('not found');
          await super.touch(id, record);
        }
      })(),
    [
      'touch > makes no record where there is none',
      'touch > brings back nothing that was destroyed',
      'touch > brings back nothing that has expired',
    ],
  ],
  'swaps in two steps': [
    () =>
      new (class extends ToyStore {
        override async swap(id: string, expected: string | null, record: SessionRecord) {
          const found = (await this.load(id))?.version ?? null;
          await pause();
          return found === expected ? this.put(id, record) : null;
        }
      })(),
    [
      'compare and swap > of 50 that create at once, one does',
      'compare and swap > of 50 that replace at once, one does',
      'compare and swap > loses no increment of several counters at once',
    ],
  ],
  'swaps without looking': [
    () =>
      new (class extends ToyStore {
        override swap = async (id: string, _: string | null, record: SessionRecord) => this.put(id, record);
      })(),
    [
      'compare and swap > creates none where one is',
      'compare and swap > refuses a version that was replaced',
      'compare and swap > refuses after a set by someone else',
      'compare and swap > brings back no record that was destroyed',
      'compare and swap > refuses a record that was destroyed and made anew',
      'compare and swap > removes nothing that is not as expected',
      'compare and swap > of 50 that create at once, one does',
      'compare and swap > of 50 that replace at once, one does',
      'compare and swap > loses no increment of several counters at once',
      'compare and swap > a record that has expired counts as none',
    ],
  ],
  'swaps over what it does not find': [
    () =>
      new (class extends ToyStore {
        override async swap(id: string, expected: string | null, record: SessionRecord) {
          return this.live(id) ? super.swap(id, expected, record) : this.put(id, record);
        }
      })(),
    [
      'compare and swap > brings back no record that was destroyed',
      'compare and swap > a record that has expired counts as none',
    ],
  ],
  'counts versions that only swap moves': [
    () =>
      new (class extends ToyStore {
        override async set(id: string, record: SessionRecord) {
          const version = this.live(id)?.version;
          this.put(id, record);
          const entry = this.entries.get(id);
          if (entry && version) entry.version = version;
        }
      })(),
    [
      'compare and swap > refuses after a set by someone else',
      'compare and swap > removes nothing that is not as expected',
    ],
  ],
  'counts versions from one for each record': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord) {
          this.writes = Number(this.live(id)?.version.slice(1) ?? 0);
          return super.put(id, record);
        }
      })(),
    ['compare and swap > refuses a record that was destroyed and made anew'],
  ],
  'has load alone': [
    () => Object.assign(new ToyStore(), { swap: undefined }),
    [
      'compare and swap > load gives null for a missing record',
      'compare and swap > load gives what get gives, with a version',
      'compare and swap > creates a record where none is expected and none is',
      'compare and swap > creates none where one is',
      'compare and swap > replaces the version that load gave',
      'compare and swap > replaces the version that swap gave',
      'compare and swap > refuses a version that was replaced',
      'compare and swap > refuses after a set by someone else',
      'compare and swap > brings back no record that was destroyed',
      'compare and swap > refuses a record that was destroyed and made anew',
      'compare and swap > removes by an expiry that has passed',
      'compare and swap > removes nothing that is not as expected',
      'compare and swap > is not changed through what was written or loaded',
      'compare and swap > of 50 that create at once, one does',
      'compare and swap > of 50 that replace at once, one does',
      'compare and swap > loses no increment of several counters at once',
      'compare and swap > load starts the idle timeout anew, if it says so',
      'compare and swap > a record that has expired counts as none',
    ],
  ],
};

it('a store that holds the contract passes', async () => {
  expect(await failures(() => new ToyStore())).toEqual([]);
});

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});

it.each([
  ['atomic', 'compare and swap > '],
  ['users', 'users > '],
])('a store that is said not to be %s is not tested for it', (property, group) => {
  const names = (contract: Partial<StoreContract>) =>
    testsOf(() => new ToyStore(), contract).map(({ name }) => name);
  const others = names({}).filter((name) => !name.startsWith(group));
  expect(others.length).toBeLessThan(names({}).length);
  expect(names({ [property]: false })).toEqual(others);
});
