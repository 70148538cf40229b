import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type CallOptions, callOptions, type SessionRecord } from '../../src/store-contract/store.js';
import { failedHistories, failures } from '../test-kits/planted-bugs.js';
import { type SwapCall, ToyStore } from '../test-kits/toy-store.js';

// What only happens between clients, or between calls at once: no other test of the suite finds these.

const MIXED = 'are linearizable with get, load, set, swap and destroy';
const TOUCHED = 'are linearizable with touch';
const EXPIRING = 'are linearizable when records expire';

type Version = string | null;

const bugs: Record<string, [create: () => ToyStore, found: string]> = {
  'reads from a cache of its client, which knows only of its own writes': [
    () =>
      new (class extends ToyStore {
        readonly cache = new Map<string, SessionRecord>();
        override async get(id: string, options: CallOptions = callOptions()) {
          const cached = this.cache.get(id);
          if (cached && this.live(id, options)) return this.copy(cached);
          const record = await super.get(id, options);
          if (record && this.client) this.cache.set(id, record);
          return record;
        }
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          this.cache.delete(id);
          return super.put(id, record, options);
        }
        override async destroy(id: string) {
          this.cache.delete(id);
          await super.destroy(id);
        }
      })(),
    MIXED,
  ],
  'reads from a replica that lags, in all clients but the first': [
    () =>
      new (class extends ToyStore {
        override async get(id: string, options: CallOptions = callOptions()) {
          if (!this.client) return super.get(id, options);
          const record = await super.get(id, options);
          await sleep(0);
          const before = lagging.get(this.stored)?.get(id);
          remember(this.stored, id, record);
          return before === undefined ? record : before;
        }
      })(),
    MIXED,
  ],
  'swaps an expired record that its client has loaded before': [
    () =>
      new (class extends ToyStore {
        readonly loaded = new Map<string, string>();
        protected override async load(id: string, options: CallOptions) {
          const loaded = await super.load(id, options);
          if (loaded && this.client) this.loaded.set(id, loaded.version);
          return loaded;
        }
        protected override async swap(...[id, expected, record, options]: SwapCall): Promise<Version> {
          const isKnown = expected !== null && this.loaded.get(id) === expected;
          if (isKnown && this.stored.get(id)?.version === expected) return this.put(id, record, options);
          return super.swap(id, expected, record, options);
        }
      })(),
    EXPIRING,
  ],
  'sends a write again after its reply was lost': [
    () =>
      new (class extends ToyStore {
        override async set(id: string, record: SessionRecord, options: CallOptions = callOptions()) {
          await super.set(id, record, options);
          if (this.client && ++this.calls % 3 === 0) void sleep(3).then(() => super.set(id, record, options));
        }
        calls = 0;
      })(),
    MIXED,
  ],
  'brings a session back by a write that waits in a queue while it is destroyed': [
    () =>
      new (class extends ToyStore {
        override async set(id: string, record: SessionRecord, options: CallOptions = callOptions()) {
          if (!this.client) return super.set(id, record, options);
          setTimeout(() => this.put(id, record, options), 2);
        }
      })(),
    MIXED,
  ],
  'has a touch that reads, and then writes what it has read': [
    () =>
      new (class extends ToyStore {
        override async touch(id: string, record: SessionRecord, options: CallOptions = callOptions()) {
          const stored = this.live(id, options);
          await sleep(1);
          if (stored) this.put(id, { ...stored.record, cookie: record.cookie ?? {} }, options);
        }
      })(),
    TOUCHED,
  ],
  'swaps in two steps if another client has written': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall): Promise<Version> {
          if (!this.client) return super.swap(id, expected, record, options);
          if ((this.live(id, options)?.version ?? null) !== expected) return null;
          await sleep(1);
          return this.put(id, record, options);
        }
      })(),
    MIXED,
  ],
  'answers a destroy before it happens': [
    () =>
      new (class extends ToyStore {
        override async destroy(id: string) {
          if (!this.client) return super.destroy(id);
          setTimeout(() => this.stored.delete(id), 2);
        }
      })(),
    MIXED,
  ],
  'acknowledges a write that another client has pushed out': [
    () =>
      new (class extends ToyStore {
        override async set(id: string, record: SessionRecord, options: CallOptions = callOptions()) {
          const other = this.stored.get(id)?.version.split('.')[1] ?? '';
          if (!this.client || other === this.client.slice(1) || ++this.skips % 3) {
            await super.set(id, record, options);
          }
        }
        skips = 0;
      })(),
    TOUCHED,
  ],
  'shows a write that is not committed, and then takes it back': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall): Promise<Version> {
          const before = this.live(id, options);
          if (!this.client || !before || before.version === expected) {
            return super.swap(id, expected, record, options);
          }
          this.put(id, record, options);
          await sleep(2);
          this.stored.set(id, before);
          return null;
        }
      })(),
    MIXED,
  ],
  'says that a swap has failed although it has written': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall): Promise<Version> {
          const before = this.stored.get(id)?.version.split('.')[1] ?? '';
          const version = await super.swap(id, expected, record, options);
          return this.client && before && before !== this.client.slice(1) ? null : version;
        }
      })(),
    MIXED,
  ],
  'keeps the end of the record that was there when another client writes': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          const until = this.stored.get(id)?.until;
          const version = super.put(id, record, options);
          const stored = this.stored.get(id);
          if (this.client && stored && until) stored.until = until;
          return version;
        }
      })(),
    EXPIRING,
  ],
};

/** What a replica knows, by the records of its primary. */
const lagging = new WeakMap<object, Map<string, SessionRecord | null>>();

function remember(stored: object, id: string, record: SessionRecord | null): void {
  const known = lagging.get(stored) ?? new Map<string, SessionRecord | null>();
  lagging.set(stored, known.set(id, record));
}

it('a correct store passes', async () => {
  expect(await failedHistories(() => new ToyStore())).toEqual([]);
});

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failedHistories(create)).toContain(expected);
  expect(await failures(create)).toEqual([]);
});
