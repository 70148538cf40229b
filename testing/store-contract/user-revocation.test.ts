import { expect, it } from 'vitest';
import type { CallOptions, NewEntry, RevokeChoice } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { type ToyEntries, type ToyEntry, ToyStore } from '../test-kits/toy-store.js';

const pause = () => new Promise((resolve) => setTimeout(resolve));

const bugs: PlantedBugs = {
  'revokes by removing': [
    () =>
      new (class extends ToyStore {
        protected override async revokeEntries(user: string, choice: RevokeChoice, options: CallOptions) {
          const revoked = await super.revokeEntries(user, choice, options);
          for (const { entry } of revoked) this.entriesOf(user).delete(entry);
          return revoked;
        }
      })(),
    [
      'users > revoke revokes limit entries, and fewer only if there are no more',
      'users > add refuses and changes nothing if the entry is revoked',
      'users > revoke gives revoked entries again until their keys are removed',
      'users > revoke gives entries that an earlier call revoked before others',
      'with the time set by a test > revoke says whether an entry is recent, and keeps one whose record is gone',
    ],
  ],
  'revokes nothing, and returns what there is': [
    () =>
      new (class extends ToyStore {
        protected override async revokeEntries(user: string, choice: RevokeChoice, options: CallOptions) {
          const chosen = this.chosen(this.entriesOf(user), choice);
          return chosen.map(([name]) => this.withRecords(user, name, options));
        }
      })(),
    [
      'users > tells apart names of entries of 1 letters by the last letter, and by its case',
      'users > tells apart names of entries of 64 letters by the last letter, and by its case',
      'users > revoke revokes all entries of the user, and gives their records',
      'users > revoke with only revokes those, and ignores names that are not there',
      'users > revoke with except revokes all but those',
      'users > add refuses and changes nothing if the entry is revoked',
      'users > revoke gives revoked entries again until their keys are removed',
      'users > revoke gives entries that an earlier call revoked before others',
      'users > revoke misses none of 50 sessions that move on meanwhile',
      'users > revoke gives each of 50 entries that are added meanwhile, or list does afterwards',
      'users > two of 50 calls of revoke at once give no different entries',
    ],
  ],
  'revokes the entries of a name, whose they may be': [
    () =>
      new (class extends ToyStore {
        protected override async revokeEntries(user: string, choice: RevokeChoice, options: CallOptions) {
          const revoked = await super.revokeEntries(user, choice, options);
          for (const entries of this.indexes.values()) {
            for (const { entry } of revoked) {
              const found = entries.get(entry);
              if (found) found.isRevoked = true;
            }
          }
          return revoked;
        }
      })(),
    ['users > revoke leaves the entry that another user has of the same session'],
  ],
  'has an add that adds to revoked entries': [
    () =>
      new (class extends ToyStore {
        protected override refuses = (known: ToyEntry | undefined, { from }: NewEntry) =>
          from !== undefined && !known?.keys.has(from);
      })(),
    [
      'users > add refuses and changes nothing if the entry is revoked',
      'users > revoke gives revoked entries again until their keys are removed',
      'users > revoke misses none of 50 sessions that move on meanwhile',
    ],
  ],
  'has an add that adds to revoked entries without from': [
    () =>
      new (class extends ToyStore {
        protected override refuses = (known: ToyEntry | undefined, entry: NewEntry) =>
          entry.from !== undefined && super.refuses(known, entry);
      })(),
    ['users > add refuses and changes nothing if the entry is revoked'],
  ],
  'has an add that finds revoked keys': [
    () =>
      new (class extends ToyStore {
        protected override refuses = (known: ToyEntry | undefined, entry: NewEntry) =>
          entry.from === entry.key ? !known?.keys.has(entry.key) : super.refuses(known, entry);
      })(),
    ['users > add refuses and changes nothing if the entry is revoked'],
  ],
  'returns revoked entries once': [
    () =>
      new (class extends ToyStore {
        protected override chosen(entries: ToyEntries, choice: RevokeChoice) {
          return super.chosen(new Map([...entries].filter(([, { isRevoked }]) => !isRevoked)), choice);
        }
      })(),
    [
      'users > revoke revokes limit entries, and fewer only if there are no more',
      'users > add refuses and changes nothing if the entry is revoked',
      'users > revoke gives revoked entries again until their keys are removed',
      'users > revoke gives entries that an earlier call revoked before others',
      'users > two of 50 calls of revoke at once give no different entries',
      'with the time set by a test > revoke says whether an entry is recent, and keeps one whose record is gone',
    ],
  ],
  'returns revoked entries last': [
    () =>
      new (class extends ToyStore {
        protected override chosen(entries: ToyEntries, choice: RevokeChoice) {
          const all = super.chosen(entries, { ...choice, limit: 1e9 });
          return all.reverse().slice(0, choice.limit);
        }
      })(),
    [
      'users > revoke gives entries that an earlier call revoked before others',
      'users > two of 50 calls of revoke at once give no different entries',
      'with the time set by a test > revoke says whether an entry is recent, and keeps one whose record is gone',
    ],
  ],
  'returns revoked entries first only if none are named': [
    () =>
      new (class extends ToyStore {
        protected override chosen(entries: ToyEntries, choice: RevokeChoice) {
          if (!choice.only) return super.chosen(entries, choice);
          return super
            .chosen(entries, { ...choice, limit: 1e9 })
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .slice(0, choice.limit);
        }
      })(),
    ['users > revoke gives entries that an earlier call revoked before others'],
  ],
  'returns all revoked entries, also those not chosen': [
    () =>
      new (class extends ToyStore {
        protected override chosen(entries: ToyEntries, choice: RevokeChoice) {
          const before = [...entries].filter(([, { isRevoked }]) => isRevoked);
          const others = new Map([...entries].filter(([, { isRevoked }]) => !isRevoked));
          return [...before, ...super.chosen(others, choice)].slice(0, choice.limit);
        }
      })(),
    ['users > revoke gives revoked entries again until their keys are removed'],
  ],
  'revokes all, whatever is chosen': [
    () =>
      new (class extends ToyStore {
        protected override chosen = (entries: ToyEntries, { limit }: RevokeChoice) =>
          super.chosen(entries, { limit });
      })(),
    [
      'users > tells apart names of entries of 1 letters by the last letter, and by its case',
      'users > tells apart names of entries of 64 letters by the last letter, and by its case',
      'users > list goes on where a page ended if entries have been removed or revoked meanwhile',
      'users > revoke with only revokes those, and ignores names that are not there',
      'users > revoke with except revokes all but those',
      'users > revoke revokes limit entries, and fewer only if there are no more',
      'users > revoke gives revoked entries again until their keys are removed',
      'users > revoke gives entries that an earlier call revoked before others',
    ],
  ],
  'revokes all if only names none': [
    () =>
      new (class extends ToyStore {
        protected override chosen(entries: ToyEntries, { limit, only, except }: RevokeChoice) {
          return super.chosen(entries, { limit, only: only?.length ? only : undefined, except });
        }
      })(),
    ['users > revoke with only revokes those, and ignores names that are not there'],
  ],
  'revokes all if except is given, also empty': [
    () =>
      new (class extends ToyStore {
        protected override chosen(entries: ToyEntries, { limit, only, except }: RevokeChoice) {
          return super.chosen(entries, except ? { limit, except } : { limit, only });
        }
      })(),
    ['users > revoke with only revokes those, and ignores names that are not there'],
  ],
  'fails for names that are not there': [
    () =>
      new (class extends ToyStore {
        protected override chosen(entries: ToyEntries, choice: RevokeChoice) {
          if (choice.only?.some((name) => !entries.has(name))) throw new Error('not found');
          return super.chosen(entries, choice);
        }
      })(),
    [
      'users > revoke revokes nothing for a user without sessions',
      'users > revoke with only revokes those, and ignores names that are not there',
      'users > revoke gives entries that an earlier call revoked before others',
    ],
  ],
  'returns an entry twice that is named twice': [
    () =>
      new (class extends ToyStore {
        protected override chosen(entries: ToyEntries, choice: RevokeChoice) {
          const names = choice.only ?? [];
          const chosen = super.chosen(entries, choice);
          return chosen.flatMap((one) =>
            Array(Math.max(1, names.filter((name) => name === one[0]).length)).fill(one),
          );
        }
      })(),
    ['users > revoke with only revokes those, and ignores names that are not there'],
  ],
  'ignores the limit of revoke': [
    () =>
      new (class extends ToyStore {
        protected override chosen = (entries: ToyEntries, choice: RevokeChoice) =>
          super.chosen(entries, { ...choice, limit: 1e9 });
      })(),
    [
      'users > revoke revokes limit entries, and fewer only if there are no more',
      'users > revoke gives entries that an earlier call revoked before others',
      'users > two of 50 calls of revoke at once give no different entries',
    ],
  ],
  'counts those in except as revoked': [
    () =>
      new (class extends ToyStore {
        protected override chosen(entries: ToyEntries, choice: RevokeChoice) {
          const { limit, only, except = [] } = choice;
          return super.chosen(entries, { limit, only }).filter(([name]) => only || !except.includes(name));
        }
      })(),
    ['users > revoke revokes limit entries, and fewer only if there are no more'],
  ],
  'reads before it revokes': [
    () =>
      new (class extends ToyStore {
        protected override async revokeEntries(user: string, choice: RevokeChoice, options: CallOptions) {
          const chosen = this.chosen(this.entriesOf(user), choice);
          const found = chosen.map(([name]) => this.withRecords(user, name, options));
          await pause();
          for (const [, entry] of chosen) entry.isRevoked = true;
          return found;
        }
      })(),
    ['users > revoke misses none of 50 sessions that move on meanwhile'],
  ],
  'revokes what it did not return': [
    () =>
      new (class extends ToyStore {
        protected override async revokeEntries(user: string, choice: RevokeChoice, options: CallOptions) {
          const found = await super.revokeEntries(user, choice, options);
          await pause();
          await super.revokeEntries(user, choice, options);
          return found;
        }
      })(),
    ['users > revoke gives each of 50 entries that are added meanwhile, or list does afterwards'],
  ],
  'checks from before it adds': [
    () =>
      new (class extends ToyStore {
        protected override async addKey(user: string, entry: NewEntry, options: CallOptions) {
          const known = this.entriesOf(user).get(entry.entry);
          if (this.refuses(known, entry)) return false;
          await pause();
          if (!known) return super.addKey(user, entry, options);
          known.keys.add(entry.key);
          known.until = Math.max(known.until, entry.until);
          return true;
        }
      })(),
    [
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'users > revoke misses none of 50 sessions that move on meanwhile',
      'with the time set by a test > list says for a minute after a key was added that the entry is recent',
    ],
  ],
  'says that an entry is recent whenever it was asked for': [
    () =>
      new (class extends ToyStore {
        protected override async addKey(user: string, entry: NewEntry, options: CallOptions) {
          const isAdded = await super.addKey(user, entry, options);
          const added = this.entriesOf(user).get(entry.entry);
          if (added) added.changedAt = this.time(options);
          return isAdded;
        }
      })(),
    [
      'users > add with the key itself as from says that its record is written, and asks whether it is there',
      'with the time set by a test > list says for a minute after a key was added that the entry is recent',
    ],
  ],
};

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});
