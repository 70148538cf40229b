import { expect, it } from 'vitest';
import { type CallOptions, callOptions, type SessionRecord } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { KeepingToyStore, type SwapCall, ToyStore } from '../test-kits/toy-store.js';

const bugs: PlantedBugs = {
  'goes by its own clock alone': [
    () =>
      new (class extends ToyStore {
        protected override time = () => super.time(callOptions());
      })(),
    [
      'with the time set by a test > set keeps a record that ends after it',
      'with the time set by a test > set removes by an expiry before it',
      'with the time set by a test > swap keeps a record that ends after it',
      'with the time set by a test > swap removes by an expiry before it',
      'with the time set by a test > load gives none that ended before it, where the date in the record decides',
    ],
  ],
  'goes by its own clock alone, and keeps the end itself': [
    () =>
      new (class extends KeepingToyStore {
        protected override time = () => super.time(callOptions());
      })(),
    [
      'with the time set by a test > set keeps a record that ends after it',
      'with the time set by a test > set removes by an expiry before it',
      'with the time set by a test > swap keeps a record that ends after it',
      'with the time set by a test > swap removes by an expiry before it',
    ],
  ],
  'sets by its own clock': [
    () =>
      new (class extends ToyStore {
        override async set(id: string, record: SessionRecord) {
          this.put(id, record, callOptions());
        }
      })(),
    ['with the time set by a test > set keeps a record that ends after it'],
  ],
  'swaps by its own clock': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const isAsExpected = (this.live(id, options)?.version ?? null) === expected;
          return isAsExpected ? this.put(id, record, callOptions()) : null;
        }
      })(),
    ['with the time set by a test > swap keeps a record that ends after it'],
  ],
  'swaps over what has expired by its own clock alone': [
    () =>
      new (class extends ToyStore {
        protected override async swap(...[id, expected, record, options]: SwapCall) {
          const isAsExpected = (this.live(id, callOptions())?.version ?? null) === expected;
          return isAsExpected ? this.put(id, record, options) : null;
        }
      })(),
    [
      'with the time set by a test > swap keeps a record that ends after it',
      'with the time set by a test > load gives none that ended before it, where the date in the record decides',
    ],
  ],
  'drops from the index by its own clock': [
    () =>
      new (class extends ToyStore {
        protected override async index(user: string, id: string, until: number, options: CallOptions) {
          await super.index(user, id, until, options);
          const sessions = this.indexes.get(user) ?? new Map<string, number>();
          const long = Date.now() - 30 * 86_400_000;
          for (const [other, end] of sessions) if (end < long) sessions.delete(other);
        }
      })(),
    ['with the time set by a test > users keep a session that is added until after it'],
  ],
};

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});
