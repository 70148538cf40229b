import { expect, it } from 'vitest';
import { SessionError } from '../../src/lib/errors.js';
import type { ReadOptions } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { ToyStore } from '../test-kits/toy-store.js';

const SUITE = 'records and maxBytes >';

/** A toy store that knows the sizes of its records. */
class LimitedStore extends ToyStore {
  protected isLarger(id: string, options: ReadOptions): boolean {
    return this.sizeOf(id, options) > (options.maxBytes ?? Number.POSITIVE_INFINITY);
  }

  protected sizeOf(id: string, options: ReadOptions): number {
    return JSON.stringify(this.live(id, options)?.record ?? null).length;
  }
}

const bugs: PlantedBugs = {
  'get gives null for a larger record': [
    () =>
      new (class extends LimitedStore {
        override async get(id: string, options: ReadOptions) {
          return this.isLarger(id, options) ? null : super.get(id, options);
        }
      })(),
    [`${SUITE} get gives a larger record, or throws ERR_SESSION_DATA`],
  ],
  'get throws another error for a larger record': [
    () =>
      new (class extends LimitedStore {
        override async get(id: string, options: ReadOptions) {
          if (this.isLarger(id, options)) throw new RangeError('too large');
          return super.get(id, options);
        }
      })(),
    [`${SUITE} get gives a larger record, or throws ERR_SESSION_DATA`],
  ],
  'get throws for every record': [
    () =>
      new (class extends LimitedStore {
        override async get(id: string, options: ReadOptions) {
          if (options?.maxBytes) throw new SessionError('ERR_SESSION_DATA', 'No.');
          return super.get(id, options);
        }
      })(),
    [`${SUITE} get gives a smaller record whole, and null for a missing one`],
  ],
  'load gives a larger record as missing': [
    () =>
      new (class extends LimitedStore {
        protected override async load(id: string, options: ReadOptions) {
          return this.isLarger(id, options) ? null : super.load(id, options);
        }
      })(),
    [`${SUITE} load gives a larger record, or its size and "unreadable"`],
  ],
  'load does not say the size of a larger record': [
    () =>
      new (class extends LimitedStore {
        protected override async load(id: string, options: ReadOptions) {
          const isLarger = this.isLarger(id, options);
          return isLarger ? { record: null, unreadable: true, version: '' } : super.load(id, options);
        }
      })(),
    [`${SUITE} load gives a larger record, or its size and "unreadable"`],
  ],
  'load cuts off what is beyond half of the limit, and still gives a record': [
    () =>
      new (class extends LimitedStore {
        protected override async load(id: string, options: ReadOptions) {
          const loaded = await super.load(id, options);
          const record = { ...loaded?.record, text: 'cut' };
          return loaded && options.maxBytes ? { ...loaded, record } : loaded;
        }
      })(),
    [
      `${SUITE} load gives a smaller record whole, with its version`,
      `${SUITE} load gives a larger record, or its size and "unreadable"`,
    ],
  ],
  'load gives "unreadable" for a missing record': [
    () =>
      new (class extends LimitedStore {
        protected override async load(id: string, options: ReadOptions) {
          const loaded = await super.load(id, options);
          return loaded || !options.maxBytes ? loaded : { record: null, unreadable: true, version: '' };
        }
      })(),
    [`${SUITE} load gives null for a missing record`],
  ],
  'the index gives a larger record as missing': [
    () =>
      new (class extends LimitedStore {
        protected override indexedRecord(key: string, options: ReadOptions) {
          return this.isLarger(key, options) ? { key, record: null } : super.indexedRecord(key, options);
        }
      })(),
    [`${SUITE} list and revoke give larger records, or their size and "unreadable"`],
  ],
  'the index gives every record as unreadable': [
    () =>
      new (class extends LimitedStore {
        protected override indexedRecord(key: string, options: ReadOptions) {
          const size = this.sizeOf(key, options);
          return options.maxBytes
            ? { key, record: null, unreadable: true, size }
            : super.indexedRecord(key, options);
        }
      })(),
    [`${SUITE} list and revoke give smaller records whole`],
  ],
};

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});

it('a store that limits what it fetches passes', async () => {
  const create = () =>
    new (class extends LimitedStore {
      override async get(id: string, options: ReadOptions) {
        if (this.isLarger(id, options ?? {})) throw new SessionError('ERR_SESSION_DATA', 'It is too large.');
        return super.get(id, options);
      }
      protected override async load(id: string, options: ReadOptions) {
        const size = this.sizeOf(id, options);
        const isLarger = this.isLarger(id, options);
        return isLarger ? { record: null, unreadable: true, version: '', size } : super.load(id, options);
      }
      protected override indexedRecord(key: string, options: ReadOptions) {
        const size = this.sizeOf(key, options);
        const isLarger = this.isLarger(key, options);
        return isLarger ? { key, record: null, unreadable: true, size } : super.indexedRecord(key, options);
      }
    })();
  expect(await failures(create)).toEqual([]);
});
