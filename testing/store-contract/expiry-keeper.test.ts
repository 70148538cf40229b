import { expect, it } from 'vitest';
import type { CallOptions, SessionRecord } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { KeepingToyStore } from '../test-kits/toy-store.js';

const bugs: PlantedBugs = {
  'get returns expired records': [
    () =>
      new (class extends KeepingToyStore {
        override async get(id: string) {
          const entry = this.stored.get(id);
          return entry ? this.copy(entry.record) : null;
        }
      })(),
    [
      'expiry > get gives null for an expired record, and still gives others',
      'expiry > get gives null for an expired record whose date is a number',
      'expiry > set moves the expiry to an earlier time',
      'touch > does not bring back an expired record',
      'touch > moves the expiry to an earlier time',
      'a store with expiry "store" > get gives null for an expired record',
    ],
  ],
  'load returns expired records': [
    () =>
      new (class extends KeepingToyStore {
        protected override async load(id: string, options: CallOptions) {
          const entry = this.stored.get(id);
          if (!entry || this.live(id, options)) return super.load(id, options);
          return { record: this.copy(entry.record), version: entry.version };
        }
      })(),
    [
      'a store with expiry "store" > load gives null for an expired record',
      'compare and swap > treats an expired record as missing',
    ],
  ],
  'list returns expired records': [
    () =>
      new (class extends KeepingToyStore {
        protected override indexedRecord(key: string) {
          const stored = this.stored.get(key);
          return { key, record: stored ? this.copy(stored.record) : null };
        }
      })(),
    [
      'a store with expiry "store" > list gives no expired record',
      'users > list does not keep a record alive',
    ],
  ],
  'get decides by the date in the record': [
    () =>
      new (class extends KeepingToyStore {
        override async get(id: string, options: CallOptions) {
          const record = await super.get(id, options);
          return record && !this.isOver(this.endOf(record), options) ? record : null;
        }
      })(),
    [
      'touch > keeps a record alive',
      'a store with expiry "store" > get gives a record that touch kept alive, with its data unchanged',
    ],
  ],
  'load decides by the date in the record': [
    () =>
      new (class extends KeepingToyStore {
        protected override async load(id: string, options: CallOptions) {
          const loaded = await super.load(id, options);
          return loaded?.record && !this.isOver(this.endOf(loaded.record), options) ? loaded : null;
        }
      })(),
    ['a store with expiry "store" > load gives a record that touch kept alive'],
  ],
  'list decides by the date in the record': [
    () =>
      new (class extends KeepingToyStore {
        protected override indexedRecord(key: string, options: CallOptions) {
          const found = super.indexedRecord(key, options);
          const isOver = found.record && this.isOver(this.endOf(found.record), options);
          return isOver ? { key, record: null } : found;
        }
      })(),
    ['a store with expiry "store" > list gives a record that touch kept alive'],
  ],
  'has a touch that writes the record': [
    () =>
      new (class extends KeepingToyStore {
        override async touch(id: string, record: SessionRecord, options: CallOptions) {
          if (this.live(id, options)) this.put(id, record, options);
        }
      })(),
    [
      'touch > does not change the data',
      'touch > does not change the data when it gets none',
      'a store with expiry "store" > get gives a record that touch kept alive, with its data unchanged',
      'a store with expiry "store" > load gives a record that touch kept alive',
      'a store with expiry "store" > list gives a record that touch kept alive',
    ],
  ],
  'has a touch that does nothing': [
    () =>
      new (class extends KeepingToyStore {
        override async touch() {}
      })(),
    [
      'touch > keeps a record alive',
      'touch > moves the expiry to an earlier time',
      'a store with expiry "store" > get gives a record that touch kept alive, with its data unchanged',
      'a store with expiry "store" > load gives a record that touch kept alive',
      'a store with expiry "store" > list gives a record that touch kept alive',
    ],
  ],
};

it('a correct store with expiry "store" passes', async () => {
  expect(await failures(() => new KeepingToyStore())).toEqual([]);
});

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});

it('a store with expiry "store" must end records even if the contract says expires: false', async () => {
  const endless = () =>
    new (class extends KeepingToyStore {
      protected override isOver = () => false;
    })();
  const found = await failures(endless, { expires: false });
  expect(found.filter((name) => name.startsWith('a store with expiry "store" > '))).toEqual([
    'a store with expiry "store" > get gives null for an expired record',
    'a store with expiry "store" > load gives null for an expired record',
    'a store with expiry "store" > list gives no expired record',
  ]);
});
