import { expect, it } from 'vitest';
import type { CallOptions, LoadOptions, SessionRecord } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { KeepingToyStore, ToyStore } from '../test-kits/toy-store.js';

const bugs: PlantedBugs = {
  'gets what is over': [
    () =>
      new (class extends KeepingToyStore {
        override async get(id: string) {
          const entry = this.entries.get(id);
          return entry ? this.copy(entry.record) : null;
        }
      })(),
    [
      'expiry > ends a record, and no other',
      'expiry > can be brought forward by set',
      'touch > brings back nothing that has expired',
      'touch > can bring the expiry forward',
      'a store that ends sessions itself > gets no record whose time is over',
      'a store that ends sessions itself > keeps a record for no longer than load says',
    ],
  ],
  'loads what is over': [
    () =>
      new (class extends KeepingToyStore {
        protected override async load(id: string, options: LoadOptions) {
          const entry = this.entries.get(id);
          if (!entry || this.live(id, options)) return super.load(id, options);
          return { record: this.copy(entry.record), version: entry.version };
        }
      })(),
    [
      'a store that ends sessions itself > loads no record whose time is over',
      'compare and swap > a record that has expired counts as none',
    ],
  ],
  'lists what is over': [
    () =>
      new (class extends KeepingToyStore {
        protected override async sessionsOf(user: string, options: CallOptions) {
          const sessions = await super.sessionsOf(user, options);
          return sessions.map((session) => {
            const entry = this.entries.get(session.id);
            return { ...session, record: entry ? this.copy(entry.record) : null };
          });
        }
      })(),
    [
      'a store that ends sessions itself > lists no record whose time is over',
      'users > keep no record alive by listing it',
    ],
  ],
  'gets by the date in the record': [
    () =>
      new (class extends KeepingToyStore {
        override async get(id: string, options: CallOptions) {
          const record = await super.get(id, options);
          return record && !this.isOver(this.endOf(record), options) ? record : null;
        }
      })(),
    [
      'touch > keeps a record alive',
      'a store that ends sessions itself > gets what touch kept alive, with its data as it was',
      'a store that ends sessions itself > keeps a record for as long as load says',
    ],
  ],
  'loads by the date in the record': [
    () =>
      new (class extends KeepingToyStore {
        protected override async load(id: string, options: LoadOptions) {
          const loaded = await super.load(id, options);
          return loaded && !this.isOver(this.endOf(loaded.record), options) ? loaded : null;
        }
      })(),
    ['a store that ends sessions itself > loads what touch kept alive, and knows its end if it says one'],
  ],
  'lists by the date in the record': [
    () =>
      new (class extends KeepingToyStore {
        protected override async sessionsOf(user: string, options: CallOptions) {
          const sessions = await super.sessionsOf(user, options);
          return sessions.map((session) => {
            const isOver = session.record && this.isOver(this.endOf(session.record), options);
            return isOver ? { ...session, record: null } : session;
          });
        }
      })(),
    ['a store that ends sessions itself > lists what touch kept alive, and knows its end if it says one'],
  ],
  'has a touch that writes the record': [
    () =>
      new (class extends KeepingToyStore {
        override async touch(id: string, record: SessionRecord, options: CallOptions) {
          if (this.live(id, options)) this.put(id, record, options);
        }
      })(),
    [
      'touch > leaves the data as it is',
      'touch > leaves the data as it is, though it is given none',
      'a store that ends sessions itself > gets what touch kept alive, with its data as it was',
      'a store that ends sessions itself > loads what touch kept alive, and knows its end if it says one',
      'a store that ends sessions itself > lists what touch kept alive, and knows its end if it says one',
    ],
  ],
  'has a touch that moves no end': [
    () =>
      new (class extends KeepingToyStore {
        override async touch() {}
      })(),
    [
      'touch > keeps a record alive',
      'touch > can bring the expiry forward',
      'a store that ends sessions itself > gets what touch kept alive, with its data as it was',
      'a store that ends sessions itself > loads what touch kept alive, and knows its end if it says one',
      'a store that ends sessions itself > lists what touch kept alive, and knows its end if it says one',
    ],
  ],
  'says how long the date in the record leaves': [
    () =>
      new (class extends KeepingToyStore {
        protected override leftMs(id: string, options: CallOptions) {
          const entry = this.live(id, options);
          return entry && this.endOf(entry.record) - this.time(options);
        }
      })(),
    [
      'a store that ends sessions itself > loads what touch kept alive, and knows its end if it says one',
      'a store that ends sessions itself > lists what touch kept alive, and knows its end if it says one',
    ],
  ],
  'says that load moved the end, and moves none': [
    () =>
      new (class extends KeepingToyStore {
        protected override async load(id: string, options: LoadOptions) {
          const { slideMs, ...others } = options;
          const loaded = await super.load(id, others);
          return loaded && { ...loaded, leftMs: slideMs };
        }
      })(),
    [
      'a store that ends sessions itself > keeps a record for as long as load says',
      'a store that ends sessions itself > keeps a record for no longer than load says',
    ],
  ],
  'moves the end further than it says': [
    () =>
      new (class extends KeepingToyStore {
        protected override async load(id: string, options: LoadOptions) {
          const loaded = await super.load(id, options);
          const entry = this.live(id, options);
          if (entry && options.slideMs !== undefined) entry.until += options.slideMs;
          return loaded;
        }
      })(),
    ['a store that ends sessions itself > keeps a record for no longer than load says'],
  ],
  'makes another version as load moves the end': [
    () =>
      new (class extends KeepingToyStore {
        protected override slide(id: string, options: LoadOptions) {
          super.slide(id, options);
          const entry = this.live(id, options);
          if (entry && options.slideMs !== undefined) entry.version = `v${++this.writes}`;
        }
      })(),
    ['a store that ends sessions itself > gives a version that can be swapped, though load moved the end'],
  ],
  'loads a leftMs though the date in the record decides': [
    () =>
      new (class extends ToyStore {
        protected override async load(id: string, options: LoadOptions) {
          const loaded = await super.load(id, options);
          return loaded && { ...loaded, leftMs: 1000 };
        }
      })(),
    ['a store where the date in the record ends sessions > loads no leftMs'],
  ],
  'lists a leftMs though the date in the record decides': [
    () =>
      new (class extends ToyStore {
        protected override async sessionsOf(user: string, options: CallOptions) {
          const sessions = await super.sessionsOf(user, options);
          return sessions.map((session) => ({ ...session, leftMs: 100 }));
        }
      })(),
    ['a store where the date in the record ends sessions > lists no leftMs'],
  ],
};

it('a store that ends sessions itself passes', async () => {
  expect(await failures(() => new KeepingToyStore())).toEqual([]);
});

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});

it('a store that ends sessions itself has to, whatever the contract says of get', async () => {
  const endless = () =>
    new (class extends KeepingToyStore {
      protected override isOver = () => false;
    })();
  const found = await failures(endless, { expires: false });
  expect(found.filter((name) => name.startsWith('a store that ends sessions itself > '))).toEqual([
    'a store that ends sessions itself > gets no record whose time is over',
    'a store that ends sessions itself > loads no record whose time is over',
    'a store that ends sessions itself > lists no record whose time is over',
    'a store that ends sessions itself > keeps a record for no longer than load says',
  ]);
});
