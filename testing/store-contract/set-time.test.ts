import { expect, it } from 'vitest';
import {
  type CallOptions,
  callOptions,
  type NewEntry,
  type SessionRecord,
} from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { KeepingToyStore, type SwapCall, ToyStore } from '../test-kits/toy-store.js';

const bugs: PlantedBugs = {
  'uses only its own clock': [
    () =>
      new (class extends ToyStore {
        protected override time = () => super.time(callOptions());
      })(),
    [
      'with the time set by a test > set keeps a record that expires later',
      'with the time set by a test > set deletes the record if the new expiry is earlier',
      'with the time set by a test > swap keeps a record that expires later',
      'with the time set by a test > swap deletes the record if the new expiry is earlier',
      'with the time set by a test > load gives null for a record that expired, if expiry is "record"',
      'with the time set by a test > list says for a minute after a key was added that the entry is recent',
      'with the time set by a test > revoke says whether an entry is recent, and keeps one whose record is gone',
    ],
  ],
  'uses only its own clock, with expiry "store"': [
    () =>
      new (class extends KeepingToyStore {
        protected override time = () => super.time(callOptions());
      })(),
    [
      'with the time set by a test > set keeps a record that expires later',
      'with the time set by a test > set deletes the record if the new expiry is earlier',
      'with the time set by a test > swap keeps a record that expires later',
      'with the time set by a test > swap deletes the record if the new expiry is earlier',
      'with the time set by a test > list says for a minute after a key was added that the entry is recent',
      'with the time set by a test > revoke says whether an entry is recent, and keeps one whose record is gone',
    ],
  ],
  'set uses its own clock': [
    () =>
      new (class extends ToyStore {
        override async set(id: string, record: SessionRecord) {
          this.put(id, record, callOptions());
        }
      })(),
    ['with the time set by a test > set keeps a record that expires later'],
  ],
  'swap writes by its own clock': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const isAsExpected = (this.live(id, options)?.version ?? null) === expected;
          return isAsExpected ? this.put(id, record, callOptions()) : null;
        }
      })(),
    ['with the time set by a test > swap keeps a record that expires later'],
  ],
  'swap compares by its own clock': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const isAsExpected = (this.live(id, callOptions())?.version ?? null) === expected;
          return isAsExpected ? this.put(id, record, options) : null;
        }
      })(),
    [
      'with the time set by a test > swap keeps a record that expires later',
      'with the time set by a test > load gives null for a record that expired, if expiry is "record"',
    ],
  ],
  'says by its own clock whether an entry is recent': [
    () =>
      new (class extends ToyStore {
        protected override withRecords(user: string, entry: string, options: CallOptions) {
          const { changedAt = 0 } = this.entriesOf(user).get(entry) ?? {};
          return { ...super.withRecords(user, entry, options), isRecent: changedAt + 60_000 > Date.now() };
        }
      })(),
    [
      'with the time set by a test > list says for a minute after a key was added that the entry is recent',
      'with the time set by a test > revoke says whether an entry is recent, and keeps one whose record is gone',
    ],
  ],
  'removes entries whose record is gone, also revoked ones': [
    () =>
      new (class extends ToyStore {
        protected override async addKey(user: string, entry: NewEntry, options: CallOptions) {
          for (const [name, { keys, changedAt }] of this.entriesOf(user)) {
            const isDead = ![...keys].some((key) => this.live(key, options));
            if (isDead && changedAt + 60_000 < this.time(options)) this.entriesOf(user).delete(name);
          }
          return super.addKey(user, entry, options);
        }
      })(),
    [
      'with the time set by a test > revoke says whether an entry is recent, and keeps one whose record is gone',
    ],
  ],
  'removes entries by its own clock': [
    () =>
      new (class extends ToyStore {
        protected override entriesOf(user: string) {
          const entries = super.entriesOf(user);
          const long = Date.now() - 30 * 86_400_000;
          for (const [name, { until }] of entries) if (until < long) entries.delete(name);
          return entries;
        }
      })(),
    ['with the time set by a test > users keep an entry that ends later'],
  ],
};

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});
