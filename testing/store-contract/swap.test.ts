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
      'compare and swap > lets one of 50 concurrent swaps create a record',
      'compare and swap > lets one of 50 concurrent swaps replace a record',
      'compare and swap > loses no increment of concurrent writers',
    ],
  ],
  'swaps without comparing': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, _, record, options]: SwapCall) {
          return this.put(id, record, options);
        }
      })(),
    [
      'compare and swap > does not create a record if one is stored',
      'compare and swap > refuses a version that was replaced',
      'compare and swap > refuses a version from before a set',
      'compare and swap > does not bring back a destroyed record',
      'compare and swap > refuses the version of an earlier record with the same ID',
      'compare and swap > lets one of 50 concurrent swaps create a record',
      'compare and swap > lets one of 50 concurrent swaps replace a record',
      'compare and swap > loses no increment of concurrent writers',
      'compare and swap > deletes only the expected version',
      'compare and swap > deletes nothing if it expects null and a record is stored',
      'compare and swap > treats an expired record as missing',
      'with the time set by a test > load gives null for a record that expired, if expiry is "record"',
    ],
  ],
  'swaps whenever nothing is stored': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          if (!this.live(id, options)) return this.put(id, record, options);
          return super.swap(id, expected, record, options);
        }
      })(),
    [
      'compare and swap > does not bring back a destroyed record',
      'compare and swap > deletes only the expected version',
      'compare and swap > treats an expired record as missing',
      'with the time set by a test > load gives null for a record that expired, if expiry is "record"',
    ],
  ],
  'keeps the version when set writes': [
    () =>
      new (class extends ToyStore {
        override async set(id: string, record: SessionRecord, options: CallOptions) {
          const version = this.live(id, options)?.version;
          this.put(id, record, options);
          const entry = this.stored.get(id);
          if (entry && version) entry.version = version;
        }
      })(),
    [
      'compare and swap > refuses a version from before a set',
      'compare and swap > deletes only the expected version',
    ],
  ],
  'starts the versions of each record at one': [
    () =>
      new (class extends ToyStore {
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          this.writes = Number(this.live(id, options)?.version.slice(1) ?? 0);
          return super.put(id, record, options);
        }
      })(),
    ['compare and swap > refuses the version of an earlier record with the same ID'],
  ],
  'deletes by swap without comparing versions': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const isRemoval = expected !== null && this.isOver(this.endOf(record), options);
          if (isRemoval && this.live(id, options)) return this.put(id, record, options);
          return super.swap(id, expected, record, options);
        }
      })(),
    ['compare and swap > deletes only the expected version'],
  ],
  'deletes a record by swap though null is expected': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const isRemoval = expected === null && this.isOver(this.endOf(record), options);
          return isRemoval ? this.put(id, record, options) : super.swap(id, expected, record, options);
        }
      })(),
    ['compare and swap > deletes nothing if it expects null and a record is stored'],
  ],
  'succeeds in deleting a version that is gone': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const isRemoval = this.isOver(this.endOf(record), options);
          return isRemoval && !this.live(id, options) ? '' : super.swap(id, expected, record, options);
        }
      })(),
    ['compare and swap > deletes only the expected version'],
  ],
  'deletes by swap every ID with the same start': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const version = await super.swap(id, expected, record, options);
          if (version === null || !this.isOver(this.endOf(record), options)) return version;
          for (const key of this.stored.keys()) if (key.startsWith(id)) this.stored.delete(key);
          return version;
        }
      })(),
    [
      'compare and swap > deletes the record if the new expiry has passed, and no other record: a date as text',
      'compare and swap > deletes the record if the new expiry has passed, and no other record: a date as a number',
    ],
  ],
  'refuses to delete if nothing is stored': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const isRemoval = this.isOver(this.endOf(record), options);
          return isRemoval && expected === null ? null : super.swap(id, expected, record, options);
        }
      })(),
    ['compare and swap > succeeds and stores nothing if nothing is stored and the expiry has passed'],
  ],
  'stores an expired record by swap if nothing was stored': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const wasThere = this.live(id, options) !== undefined;
          const version = await super.swap(id, expected, record, options);
          if (version === null || wasThere || !this.isOver(this.endOf(record), options)) return version;
          return this.put(id, { ...record, cookie: {} }, options);
        }
      })(),
    ['compare and swap > succeeds and stores nothing if nothing is stored and the expiry has passed'],
  ],
  'treats a record without an expiry as expired in swap': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const expires = record.cookie?.expires ?? '1970-01-01T00:00:00.000Z';
          return super.swap(id, expected, { ...record, cookie: { ...record.cookie, expires } }, options);
        }
      })(),
    [
      'compare and swap > keeps a record without an expiry: only originalMaxAge',
      'compare and swap > keeps a record without an expiry: expires is null',
      'compare and swap > keeps a record without an expiry: no cookie',
    ],
  ],
};

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});
