import { expect, it } from 'vitest';
import type { CallOptions, NewEntry } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { ToyStore } from '../test-kits/toy-store.js';

const bugs: PlantedBugs = {
  'has one index for all users': [
    () =>
      new (class extends ToyStore {
        protected override userKey = () => 'all';
      })(),
    [
      'users > add refuses and changes nothing if there is no entry that holds the key from',
      'users > remove removes the given keys of the user, and no others',
      'users > remove ignores what is not there',
      'users > tells apart users by the last letter of their keys, and by its case',
      'users > revoke revokes all entries of the user, and gives their records',
      'users > revoke leaves the entry that another user has of the same session',
    ],
  ],
  'cuts users’ keys at 42 letters': [
    () =>
      new (class extends ToyStore {
        protected override userKey = (user: string) => user.slice(0, 42);
      })(),
    [
      'users > add refuses and changes nothing if there is no entry that holds the key from',
      'users > remove removes the given keys of the user, and no others',
      'users > remove ignores what is not there',
      'users > tells apart users by the last letter of their keys, and by its case',
      'users > revoke revokes all entries of the user, and gives their records',
      'users > revoke leaves the entry that another user has of the same session',
    ],
  ],
  'lower-cases users’ keys': [
    () =>
      new (class extends ToyStore {
        protected override userKey = (user: string) => user.toLowerCase();
      })(),
    ['users > tells apart users by the last letter of their keys, and by its case'],
  ],
  'indexes IDs in lower case': [
    () =>
      new (class extends ToyStore {
        protected override addKey(user: string, entry: NewEntry, options: CallOptions) {
          return super.addKey(user, { ...entry, key: entry.key.toLowerCase() }, options);
        }
      })(),
    [
      'users > tells apart names of entries of 1 letters by the last letter, and by its case',
      'users > tells apart names of entries of 64 letters by the last letter, and by its case',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
    ],
  ],
  'indexes 128 letters of an ID': [
    () =>
      new (class extends ToyStore {
        protected override addKey(user: string, entry: NewEntry, options: CallOptions) {
          return super.addKey(user, { ...entry, key: entry.key.slice(0, 128) }, options);
        }
      })(),
    ['users > tells apart session IDs of 256 letters by the last letter, and by its case'],
  ],
  'lower-cases names of entries': [
    () =>
      new (class extends ToyStore {
        protected override addKey(user: string, entry: NewEntry, options: CallOptions) {
          return super.addKey(user, { ...entry, entry: entry.entry.toLowerCase() }, options);
        }
      })(),
    [
      'users > tells apart names of entries of 1 letters by the last letter, and by its case',
      'users > tells apart names of entries of 64 letters by the last letter, and by its case',
      'users > list gives each entry once if all have the same until',
    ],
  ],
  'cuts names of entries at 43 letters': [
    () =>
      new (class extends ToyStore {
        protected override addKey(user: string, entry: NewEntry, options: CallOptions) {
          return super.addKey(user, { ...entry, entry: entry.entry.slice(0, 43) }, options);
        }
      })(),
    ['users > tells apart names of entries of 64 letters by the last letter, and by its case'],
  ],
  'names an entry after its first key': [
    () =>
      new (class extends ToyStore {
        readonly #names = new Map<string, string>();
        protected override addKey(user: string, entry: NewEntry, options: CallOptions) {
          const id = `${user} ${entry.entry}`;
          this.#names.set(id, this.#names.get(id) ?? entry.key);
          return super.addKey(user, { ...entry, entry: this.#names.get(id) ?? '' }, options);
        }
      })(),
    [
      'users > list gives the added sessions with their records',
      'users > add moves the until of an entry to a later time',
      'users > add adds a second key to an entry that holds the key from',
      'users > add refuses and changes nothing if the key from was removed',
      'users > remove removes the given keys of the user, and no others',
      'users > remove of one key leaves the others of the entry, and of the last one removes it',
      'users > tells apart users by the last letter of their keys, and by its case',
      'users > tells apart names of entries of 1 letters by the last letter, and by its case',
      'users > tells apart names of entries of 64 letters by the last letter, and by its case',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
      'users > tells a key from the start, the end and a part of another one',
      'users > list gives pages of at most limit entries, those with the latest until first',
      'users > list gives each entry once if all have the same until',
      'users > list goes on where a page ended if entries have been removed or revoked meanwhile',
      'users > list shows no entry twice if the until of one that was shown is moved',
      'users > revoke revokes all entries of the user, and gives their records',
      'users > revoke leaves the entry that another user has of the same session',
      'users > revoke with only revokes those, and ignores names that are not there',
      'users > revoke with except revokes all but those',
      'users > revoke revokes limit entries, and fewer only if there are no more',
      'users > revoke gives revoked entries again until their keys are removed',
      'users > revoke gives entries that an earlier call revoked before others',
      'users > add adds an entry again that was revoked and removed, unless from is given',
      'with the time set by a test > revoke says whether an entry is recent, and keeps one whose record is gone',
    ],
  ],
};

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});
