import { expect, it } from 'vitest';
import type { CallOptions, SessionRecord } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { type SwapCall, ToyStore } from '../test-kits/toy-store.js';

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

const bugs: PlantedBugs = {
  'swaps in two steps': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const found = this.live(id, options)?.version ?? null;
          await pause();
          return found === expected ? this.put(id, record, options) : null;
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
        protected override async swap(...[id, _, record, options]: SwapCall) {
          return this.put(id, record, options);
        }
      })(),
    [
      'compare and swap > creates none where one is',
      'compare and swap > refuses a version that was replaced',
      'compare and swap > refuses after a set by someone else',
      'compare and swap > brings back no record that was destroyed',
      'compare and swap > refuses a record that was destroyed and made again',
      'compare and swap > of 50 that create at once, one does',
      'compare and swap > of 50 that replace at once, one does',
      'compare and swap > loses no increment of several counters at once',
      'compare and swap > removes no version but the one expected',
      'compare and swap > removes nothing where none is expected and one is',
      'compare and swap > a record that has expired counts as none',
      'with the time set by a test > load gives none that ended before it, where the date in the record decides',
    ],
  ],
  'swaps over what it does not find': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          if (!this.live(id, options)) return this.put(id, record, options);
          return super.swap(id, expected, record, options);
        }
      })(),
    [
      'compare and swap > brings back no record that was destroyed',
      'compare and swap > removes no version but the one expected',
      'compare and swap > a record that has expired counts as none',
      'with the time set by a test > load gives none that ended before it, where the date in the record decides',
    ],
  ],
  'counts versions that only swap moves': [
    () =>
      new (class extends ToyStore {
        override async set(id: string, record: SessionRecord, options: CallOptions) {
          const version = this.live(id, options)?.version;
          this.put(id, record, options);
          const entry = this.entries.get(id);
          if (entry && version) entry.version = version;
        }
      })(),
    [
      'compare and swap > refuses after a set by someone else',
      'compare and swap > removes no version but the one expected',
    ],
  ],
  'counts versions from one for each record': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          this.writes = Number(this.live(id, options)?.version.slice(1) ?? 0);
          return super.put(id, record, options);
        }
      })(),
    ['compare and swap > refuses a record that was destroyed and made again'],
  ],
  'removes by swap whatever the version is': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const isRemoval = expected !== null && this.isOver(this.endOf(record), options);
          if (isRemoval && this.live(id, options)) return this.put(id, record, options);
          return super.swap(id, expected, record, options);
        }
      })(),
    ['compare and swap > removes no version but the one expected'],
  ],
  'removes by swap what is there though none is expected': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const isRemoval = expected === null && this.isOver(this.endOf(record), options);
          return isRemoval ? this.put(id, record, options) : super.swap(id, expected, record, options);
        }
      })(),
    ['compare and swap > removes nothing where none is expected and one is'],
  ],
  'says that it removed a version that is gone': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const isRemoval = this.isOver(this.endOf(record), options);
          return isRemoval && !this.live(id, options) ? '' : super.swap(id, expected, record, options);
        }
      })(),
    ['compare and swap > removes no version but the one expected'],
  ],
  'removes by swap every ID that begins so': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const version = await super.swap(id, expected, record, options);
          if (version === null || !this.isOver(this.endOf(record), options)) return version;
          for (const key of this.entries.keys()) if (key.startsWith(id)) this.entries.delete(key);
          return version;
        }
      })(),
    ['compare and swap > removes the version expected by an expiry that has passed, and no other record'],
  ],
  'refuses to remove where nothing is': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const isRemoval = this.isOver(this.endOf(record), options);
          return isRemoval && expected === null ? null : super.swap(id, expected, record, options);
        }
      })(),
    ['compare and swap > succeeds, and leaves nothing, where none is expected and none is to be'],
  ],
  'keeps by swap a record that has expired, where none was': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const wasThere = this.live(id, options) !== undefined;
          const version = await super.swap(id, expected, record, options);
          if (version === null || wasThere || !this.isOver(this.endOf(record), options)) return version;
          return this.put(id, { ...record, cookie: {} }, options);
        }
      })(),
    ['compare and swap > succeeds, and leaves nothing, where none is expected and none is to be'],
  ],
  'swaps in no record without an expiry': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const expires = record.cookie?.expires ?? '1970-01-01T00:00:00.000Z';
          return super.swap(id, expected, { ...record, cookie: { ...record.cookie, expires } }, options);
        }
      })(),
    [
      'compare and swap > keeps a record without an expiry: an originalMaxAge alone',
      'compare and swap > keeps a record without an expiry: a cookie whose expiry is null',
      'compare and swap > keeps a record without an expiry: no cookie',
    ],
  ],
};

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});
