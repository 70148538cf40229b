import { expect, it } from 'vitest';
import type { CallOptions, LoadOptions, SessionRecord } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { KeepingToyStore, ToyStore } from '../test-kits/toy-store.js';

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
      'expiry > set moves the expiry to an earlier time',
      'touch > does not bring back an expired record',
      'touch > moves the expiry to an earlier time',
      'a store with expiry "store" > get gives null for an expired record',
      'a store with expiry "store" > keeps a record for at most the leftMs that load gave',
    ],
  ],
  'load returns expired records': [
    () =>
      new (class extends KeepingToyStore {
        protected override async load(id: string, options: LoadOptions) {
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
      'a store with expiry "store" > keeps a record for at least the leftMs that load gave',
    ],
  ],
  'load decides by the date in the record': [
    () =>
      new (class extends KeepingToyStore {
        protected override async load(id: string, options: LoadOptions) {
          const loaded = await super.load(id, options);
          return loaded && !this.isOver(this.endOf(loaded.record), options) ? loaded : null;
        }
      })(),
    ['a store with expiry "store" > load gives a record that touch kept alive, and no leftMs of 0 or less'],
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
    ['a store with expiry "store" > list gives a record that touch kept alive, and no leftMs of 0 or less'],
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
      'a store with expiry "store" > load gives a record that touch kept alive, and no leftMs of 0 or less',
      'a store with expiry "store" > list gives a record that touch kept alive, and no leftMs of 0 or less',
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
      'a store with expiry "store" > load gives a record that touch kept alive, and no leftMs of 0 or less',
      'a store with expiry "store" > list gives a record that touch kept alive, and no leftMs of 0 or less',
    ],
  ],
  'computes leftMs from the date in the record': [
    () =>
      new (class extends KeepingToyStore {
        protected override leftMs(id: string, options: CallOptions) {
          const entry = this.live(id, options);
          return entry && this.endOf(entry.record) - this.time(options);
        }
      })(),
    [
      'a store with expiry "store" > load gives a record that touch kept alive, and no leftMs of 0 or less',
      'a store with expiry "store" > list gives a record that touch kept alive, and no leftMs of 0 or less',
      'a store with expiry "store" > load gives leftMs only if it slides the idle timeout',
    ],
  ],
  'says how much time is left, and moves none': [
    () =>
      new (class extends KeepingToyStore {
        protected override slide() {}
      })(),
    ['a store with expiry "store" > load gives leftMs only if it slides the idle timeout'],
  ],
  'gives slideMs as leftMs, and slides nothing': [
    () =>
      new (class extends KeepingToyStore {
        protected override async load(id: string, options: LoadOptions) {
          const { slideMs, ...others } = options;
          const loaded = await super.load(id, others);
          return loaded && { ...loaded, leftMs: slideMs };
        }
      })(),
    [
      'a store with expiry "store" > keeps a record for at least the leftMs that load gave',
      'a store with expiry "store" > keeps a record for at most the leftMs that load gave',
    ],
  ],
  'slides further than leftMs says': [
    () =>
      new (class extends KeepingToyStore {
        protected override async load(id: string, options: LoadOptions) {
          const loaded = await super.load(id, options);
          const entry = this.live(id, options);
          if (entry && options.slideMs !== undefined) entry.until += options.slideMs;
          return loaded;
        }
      })(),
    ['a store with expiry "store" > keeps a record for at most the leftMs that load gave'],
  ],
  'makes another version when load slides': [
    () =>
      new (class extends KeepingToyStore {
        protected override slide(id: string, options: LoadOptions) {
          super.slide(id, options);
          const entry = this.live(id, options);
          if (entry && options.slideMs !== undefined) entry.version = `v${++this.writes}`;
        }
      })(),
    ['a store with expiry "store" > load does not change the version when it slides the idle timeout'],
  ],
  'load gives leftMs though expiry is "record"': [
    () =>
      new (class extends ToyStore {
        protected override async load(id: string, options: LoadOptions) {
          const loaded = await super.load(id, options);
          return loaded && { ...loaded, leftMs: 1000 };
        }
      })(),
    ['a store with expiry "record" > load gives no leftMs'],
  ],
  'list gives leftMs though expiry is "record"': [
    () =>
      new (class extends ToyStore {
        protected override indexedRecord(key: string, options: CallOptions) {
          return { ...super.indexedRecord(key, options), leftMs: 100 };
        }
      })(),
    ['a store with expiry "record" > list gives no leftMs'],
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
    'a store with expiry "store" > keeps a record for at most the leftMs that load gave',
  ]);
});
