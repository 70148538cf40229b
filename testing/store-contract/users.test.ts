import { expect, it } from 'vitest';
import type { CallOptions, EntryKey, NewEntry, SessionRecord } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { type ToyEntry, ToyStore } from '../test-kits/toy-store.js';

const bugs: PlantedBugs = {
  'cannot compare and swap': [
    () => Object.assign(new ToyStore(), { atomic: undefined }),
    ['users > needs a store with atomic'],
  ],
  'removes an entry as soon as it ends': [
    () =>
      new (class extends ToyStore {
        protected override entriesOf(user: string) {
          const entries = super.entriesOf(user);
          for (const [name, { until }] of entries) if (until <= Date.now()) entries.delete(name);
          return entries;
        }
      })(),
    [
      'users > keeps an entry for a minute after its until, since clocks differ',
      'with the time set by a test > users keep an entry that ends later',
    ],
  ],
  'indexes a session only under its last user': [
    () =>
      new (class extends ToyStore {
        protected override addKey(user: string, entry: NewEntry, options: CallOptions) {
          for (const entries of this.indexes.values()) entries.delete(entry.entry);
          return super.addKey(user, entry, options);
        }
      })(),
    [
      'users > add keeps one entry for each user of a session',
      'users > add adds a second key to an entry that holds the key from',
      'users > add refuses and changes nothing if there is no entry that holds the key from',
      'users > add refuses and changes nothing if the key from was removed',
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > remove of one key leaves the others of the entry, and of the last one removes it',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
      'users > tells a key from the start, the end and a part of another one',
      'users > revoke revokes all entries of the user, and gives their records',
      'users > add refuses and changes nothing if the entry is revoked',
      'users > revoke gives revoked entries again until their keys are removed',
      'users > revoke misses none of 50 sessions that move on meanwhile',
      'with the time set by a test > list says for a minute after a key was added that the entry is recent',
    ],
  ],
  'indexes only sessions with a record': [
    () =>
      new (class extends ToyStore {
        protected override async addKey(user: string, entry: NewEntry, options: CallOptions) {
          return this.live(entry.key, options) !== undefined && super.addKey(user, entry, options);
        }
      })(),
    [
      'users > list gives the added sessions with their records',
      'users > add keeps one entry for each user of a session',
      'users > list gives a session whose record is not written yet',
      'users > list says that an entry is recent if a key was added just now',
      'users > add keeps the later until when a key is added again',
      'users > add moves the until of an entry to a later time',
      'users > keeps an entry for a minute after its until, since clocks differ',
      'users > add adds a second key to an entry that holds the key from',
      'users > add refuses and changes nothing if there is no entry that holds the key from',
      'users > add refuses and changes nothing if the key from was removed',
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > remove removes the given keys of the user, and no others',
      'users > remove of one key leaves the others of the entry, and of the last one removes it',
      'users > remove ignores what is not there',
      'users > tells apart users by the last letter of their keys, and by its case',
      'users > tells apart names of entries of 1 letters by the last letter, and by its case',
      'users > tells apart names of entries of 64 letters by the last letter, and by its case',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
      'users > tells a key from the start, the end and a part of another one',
      'users > list does not keep a record alive',
      'users > list gives a record whose expiry was moved to a later time',
      'users > list gives pages of at most limit entries, those with the latest until first',
      'users > list gives no cursor with the last page, not even with a full one',
      'users > list gives each entry once if all have the same until',
      'users > list goes on where a page ended if entries have been removed or revoked meanwhile',
      'users > list shows no entry twice if the until of one that was shown is moved',
      'users > list and revoke give each of 500 sessions of one user once',
      'users > revoke revokes all entries of the user, and gives their records',
      'users > revoke leaves the entry that another user has of the same session',
      'users > revoke with only revokes those, and ignores names that are not there',
      'users > revoke with except revokes all but those',
      'users > revoke revokes limit entries, and fewer only if there are no more',
      'users > add refuses and changes nothing if the entry is revoked',
      'users > revoke gives revoked entries again until their keys are removed',
      'users > revoke gives entries that an earlier call revoked before others',
      'users > add adds an entry again that was revoked and removed, unless from is given',
      'users > revoke misses none of 50 sessions that move on meanwhile',
      'users > revoke gives each of 50 entries that are added meanwhile, or list does afterwards',
      'users > two of 50 calls of revoke at once give no different entries',
      'with the time set by a test > users keep an entry that ends later',
      'with the time set by a test > list says for a minute after a key was added that the entry is recent',
      'with the time set by a test > revoke says whether an entry is recent, and keeps one whose record is gone',
      'records and maxBytes > list and revoke give smaller records whole',
      'records and maxBytes > list and revoke give larger records, or their size and "unreadable"',
    ],
  ],
  'keeps the last until that it was given': [
    () =>
      new (class extends ToyStore {
        protected override async addKey(user: string, entry: NewEntry, options: CallOptions) {
          const entries = this.entriesOf(user);
          const isAdded = await super.addKey(user, entry, options);
          const added = entries.get(entry.entry);
          if (added && isAdded) added.until = entry.until;
          for (const [name, { until }] of entries)
            if (this.isOver(until + 60_000, options)) entries.delete(name);
          return isAdded;
        }
      })(),
    ['users > add keeps the later until when a key is added again'],
  ],
  'keeps the first until that it was given': [
    () =>
      new (class extends ToyStore {
        protected override addKey(user: string, entry: NewEntry, options: CallOptions) {
          const { until } = this.entriesOf(user).get(entry.entry) ?? entry;
          return super.addKey(user, { ...entry, until }, options);
        }
      })(),
    ['users > add moves the until of an entry to a later time'],
  ],
  'keeps one key in each entry': [
    () =>
      new (class extends ToyStore {
        protected override async addKey(user: string, entry: NewEntry, options: CallOptions) {
          const isAdded = await super.addKey(user, entry, options);
          if (isAdded) this.entriesOf(user).get(entry.entry)?.keys.clear();
          if (isAdded) this.entriesOf(user).get(entry.entry)?.keys.add(entry.key);
          return isAdded;
        }
      })(),
    [
      'users > add adds a second key to an entry that holds the key from',
      'users > remove of one key leaves the others of the entry, and of the last one removes it',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
      'users > tells a key from the start, the end and a part of another one',
      'users > revoke revokes all entries of the user, and gives their records',
      'users > revoke gives revoked entries again until their keys are removed',
    ],
  ],
  'has an add that ignores from': [
    () =>
      new (class extends ToyStore {
        protected override refuses = (known: ToyEntry | undefined) => known?.isRevoked === true;
      })(),
    [
      'users > add refuses and changes nothing if there is no entry that holds the key from',
      'users > add refuses and changes nothing if the key from was removed',
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
      'users > tells a key from the start, the end and a part of another one',
      'users > add adds an entry again that was revoked and removed, unless from is given',
    ],
  ],
  'has an add that asks for the entry only, not for the key from': [
    () =>
      new (class extends ToyStore {
        protected override refuses = (known: ToyEntry | undefined, { from }: NewEntry) =>
          known?.isRevoked === true || (from !== undefined && !known);
      })(),
    [
      'users > add refuses and changes nothing if there is no entry that holds the key from',
      'users > add refuses and changes nothing if the key from was removed',
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
      'users > tells a key from the start, the end and a part of another one',
    ],
  ],
  'has an add that finds from in another entry': [
    () =>
      new (class extends ToyStore {
        protected override addKey(user: string, entry: NewEntry, options: CallOptions) {
          const { from = '', ...rest } = entry;
          const isThere = [...this.entriesOf(user).values()].some(
            ({ keys, isRevoked }) => keys.has(from) && !isRevoked,
          );
          return super.addKey(user, isThere ? rest : entry, options);
        }
      })(),
    [
      'users > add refuses and changes nothing if there is no entry that holds the key from',
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'with the time set by a test > list says for a minute after a key was added that the entry is recent',
    ],
  ],
  'has an add that finds from in the middle of another key': [
    () =>
      new (class extends ToyStore {
        protected override refuses(known: ToyEntry | undefined, { from, ...entry }: NewEntry) {
          const isThere = [...(known?.keys ?? [])].join(' ').includes(from ?? '');
          return super.refuses(known, entry) || (!isThere && from !== undefined);
        }
      })(),
    [
      'users > add refuses and changes nothing if there is no entry that holds the key from',
      'users > tells a key from the start, the end and a part of another one',
    ],
  ],
  'has an add that refuses, and adds all the same': [
    () =>
      new (class extends ToyStore {
        protected override async addKey(user: string, entry: NewEntry, options: CallOptions) {
          if (await super.addKey(user, entry, options)) return true;
          this.entriesOf(user).get(entry.entry)?.keys.add(entry.key);
          return false;
        }
      })(),
    [
      'users > add refuses and changes nothing if there is no entry that holds the key from',
      'users > add refuses and changes nothing if the key from was removed',
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > tells a key from the start, the end and a part of another one',
      'users > add refuses and changes nothing if the entry is revoked',
      'users > revoke gives revoked entries again until their keys are removed',
    ],
  ],
  'has an add that says nothing': [
    () =>
      new (class extends ToyStore {
        protected override async addKey(user: string, entry: NewEntry, options: CallOptions) {
          await super.addKey(user, entry, options);
          return undefined as unknown as boolean;
        }
      })(),
    [
      'users > list gives the added sessions with their records',
      'users > add keeps one entry for each user of a session',
      'users > add keeps the later until when a key is added again',
      'users > add adds a second key to an entry that holds the key from',
      'users > add refuses and changes nothing if there is no entry that holds the key from',
      'users > add refuses and changes nothing if the key from was removed',
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
      'users > tells a key from the start, the end and a part of another one',
      'users > revoke revokes all entries of the user, and gives their records',
      'users > add refuses and changes nothing if the entry is revoked',
      'users > revoke gives revoked entries again until their keys are removed',
      'users > add adds an entry again that was revoked and removed, unless from is given',
      'users > revoke misses none of 50 sessions that move on meanwhile',
      'users > revoke gives each of 50 entries that are added meanwhile, or list does afterwards',
    ],
  ],
  'has an add that refuses a key that is there': [
    () =>
      new (class extends ToyStore {
        protected override refuses = (known: ToyEntry | undefined, entry: NewEntry) =>
          super.refuses(known, entry) || (entry.from === undefined && known?.keys.has(entry.key) === true);
      })(),
    [
      'users > add keeps one entry for each user of a session',
      'users > add keeps the later until when a key is added again',
      'users > add moves the until of an entry to a later time',
    ],
  ],
  'replaces a key by the one that the session moves to': [
    () =>
      new (class extends ToyStore {
        protected override async addKey(user: string, entry: NewEntry, options: CallOptions) {
          const isAdded = await super.addKey(user, entry, options);
          const { from = entry.key } = entry;
          if (isAdded && from !== entry.key) this.entriesOf(user).get(entry.entry)?.keys.delete(from);
          return isAdded;
        }
      })(),
    [
      'users > add adds a second key to an entry that holds the key from',
      'users > revoke revokes all entries of the user, and gives their records',
      'users > revoke gives revoked entries again until their keys are removed',
    ],
  ],
  'lists deleted records': [
    () =>
      new (class extends ToyStore {
        readonly #all = new Map<string, SessionRecord>();
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          this.#all.set(id, record);
          return super.put(id, record, options);
        }
        protected override indexedRecord = (key: string) => ({ key, record: this.#all.get(key) ?? null });
      })(),
    ['users > list gives no deleted record', 'users > list does not keep a record alive'],
  ],
  'drops a session at the first expiry of its record': [
    () =>
      new (class extends ToyStore {
        readonly #first = new Map<string, number>();
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          if (!this.#first.has(id)) this.#first.set(id, this.endOf(record));
          return super.put(id, record, options);
        }
        protected override indexedRecord(key: string, options: CallOptions) {
          const isOver = this.isOver(this.#first.get(key) ?? 8.64e15, options);
          return isOver ? { key, record: null } : super.indexedRecord(key, options);
        }
      })(),
    ['users > list gives a record whose expiry was moved to a later time'],
  ],
  'has a list that keeps records alive': [
    () =>
      new (class extends ToyStore {
        protected override indexedRecord(key: string, options: CallOptions) {
          const stored = this.live(key, options);
          if (stored) stored.until = 8.64e15;
          return super.indexedRecord(key, options);
        }
      })(),
    ['users > list does not keep a record alive'],
  ],
  'says that no entry is recent': [
    () =>
      new (class extends ToyStore {
        protected override withRecords(user: string, entry: string, options: CallOptions) {
          return { ...super.withRecords(user, entry, options), isRecent: false };
        }
      })(),
    [
      'users > list says that an entry is recent if a key was added just now',
      'with the time set by a test > list says for a minute after a key was added that the entry is recent',
      'with the time set by a test > revoke says whether an entry is recent, and keeps one whose record is gone',
    ],
  ],
  'says that every entry is recent': [
    () =>
      new (class extends ToyStore {
        protected override withRecords(user: string, entry: string, options: CallOptions) {
          return { ...super.withRecords(user, entry, options), isRecent: true };
        }
      })(),
    [
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'with the time set by a test > list says for a minute after a key was added that the entry is recent',
      'with the time set by a test > revoke says whether an entry is recent, and keeps one whose record is gone',
    ],
  ],
  'says that an entry is recent when it was made only': [
    () =>
      new (class extends ToyStore {
        protected override async addKey(user: string, entry: NewEntry, options: CallOptions) {
          const { changedAt } = this.entriesOf(user).get(entry.entry) ?? {};
          const isAdded = await super.addKey(user, entry, options);
          const added = this.entriesOf(user).get(entry.entry);
          if (added && changedAt !== undefined) added.changedAt = changedAt;
          return isAdded;
        }
      })(),
    [
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'with the time set by a test > list says for a minute after a key was added that the entry is recent',
    ],
  ],

  'has a remove that removes all sessions of the user': [
    () =>
      new (class extends ToyStore {
        protected override async removeKeys(user: string) {
          this.entriesOf(user).clear();
        }
      })(),
    [
      'users > add refuses and changes nothing if the key from was removed',
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > remove removes the given keys of the user, and no others',
      'users > remove of one key leaves the others of the entry, and of the last one removes it',
      'users > remove ignores what is not there',
      'users > tells apart names of entries of 1 letters by the last letter, and by its case',
      'users > tells apart names of entries of 64 letters by the last letter, and by its case',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
      'users > tells a key from the start, the end and a part of another one',
      'users > list goes on where a page ended if entries have been removed or revoked meanwhile',
      'users > list and revoke give each of 500 sessions of one user once',
      'users > revoke gives revoked entries again until their keys are removed',
      'users > revoke gives entries that an earlier call revoked before others',
    ],
  ],
  'has a remove that removes whole entries': [
    () =>
      new (class extends ToyStore {
        protected override async removeKeys(user: string, keys: readonly EntryKey[]) {
          for (const { entry } of keys) this.entriesOf(user).delete(entry);
        }
      })(),
    [
      'users > add refuses and changes nothing if the key from was removed',
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > remove of one key leaves the others of the entry, and of the last one removes it',
      'users > remove ignores what is not there',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
      'users > tells a key from the start, the end and a part of another one',
      'users > revoke gives revoked entries again until their keys are removed',
    ],
  ],
  'has a remove that leaves entries without keys': [
    () =>
      new (class extends ToyStore {
        protected override async removeKeys(user: string, keys: readonly EntryKey[]) {
          for (const { entry, key } of keys) this.entriesOf(user).get(entry)?.keys.delete(key);
        }
      })(),
    [
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > remove of one key leaves the others of the entry, and of the last one removes it',
      'users > tells apart users by the last letter of their keys, and by its case',
      'users > tells apart names of entries of 1 letters by the last letter, and by its case',
      'users > tells apart names of entries of 64 letters by the last letter, and by its case',
      'users > list and revoke give each of 500 sessions of one user once',
      'users > revoke gives revoked entries again until their keys are removed',
      'users > revoke gives entries that an earlier call revoked before others',
      'users > add adds an entry again that was revoked and removed, unless from is given',
    ],
  ],
  'has a remove that takes the first key alone': [
    () =>
      new (class extends ToyStore {
        protected override removeKeys = (user: string, keys: readonly EntryKey[]) =>
          super.removeKeys(user, keys.slice(0, 1));
      })(),
    [
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > remove removes the given keys of the user, and no others',
      'users > remove of one key leaves the others of the entry, and of the last one removes it',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
      'users > list and revoke give each of 500 sessions of one user once',
    ],
  ],
  'has a remove that finds a key in every entry': [
    () =>
      new (class extends ToyStore {
        protected override async removeKeys(user: string, keys: readonly EntryKey[]) {
          for (const entry of this.entriesOf(user).keys()) {
            await super.removeKeys(
              user,
              keys.map(({ key }) => ({ entry, key })),
            );
          }
        }
      })(),
    [
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > remove ignores what is not there',
    ],
  ],
  'has a remove that fails for what is not there': [
    () =>
      new (class extends ToyStore {
        protected override async removeKeys(user: string, keys: readonly EntryKey[]) {
          const entries = this.entriesOf(user);
          if (keys.some(({ entry, key }) => !entries.get(entry)?.keys.has(key))) throw new Error('not found');
          await super.removeKeys(user, keys);
        }
      })(),
    [
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > remove ignores what is not there',
      'users > tells apart users by the last letter of their keys, and by its case',
    ],
  ],
  'has a remove that leaves revoked entries': [
    () =>
      new (class extends ToyStore {
        protected override removeKeys = (user: string, keys: readonly EntryKey[]) =>
          super.removeKeys(
            user,
            keys.filter(({ entry }) => !this.entriesOf(user).get(entry)?.isRevoked),
          );
      })(),
    [
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > list and revoke give each of 500 sessions of one user once',
      'users > revoke gives revoked entries again until their keys are removed',
      'users > revoke gives entries that an earlier call revoked before others',
      'users > add adds an entry again that was revoked and removed, unless from is given',
    ],
  ],
};

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});
