import { expect, it } from 'vitest';
import type { CallOptions, IndexPage } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { ToyStore } from '../test-kits/toy-store.js';

const bugs: PlantedBugs = {
  'lists at most 100 sessions': [
    () =>
      new (class extends ToyStore {
        protected override entriesOf(user: string) {
          const entries = super.entriesOf(user);
          for (const name of [...entries.keys()].slice(100)) entries.delete(name);
          return entries;
        }
      })(),
    ['users > list and revoke give each of 500 sessions of one user once'],
  ],
  'ignores the limit of a page': [
    () =>
      new (class extends ToyStore {
        protected override listEntries = (user: string, _: IndexPage, options: CallOptions) =>
          super.listEntries(user, { limit: 1e9 }, options);
      })(),
    [
      'users > list gives pages of at most limit entries, those with the latest until first',
      'users > list gives no cursor with the last page, not even with a full one',
    ],
  ],
  'gives the first page again and again': [
    () =>
      new (class extends ToyStore {
        protected override listEntries = (user: string, { limit }: IndexPage, options: CallOptions) =>
          super.listEntries(user, { limit }, options);
      })(),
    [
      'users > list gives pages of at most limit entries, those with the latest until first',
      'users > list gives no cursor with the last page, not even with a full one',
      'users > list gives each entry once if all have the same until',
      'users > list goes on where a page ended if entries have been removed or revoked meanwhile',
      'users > list shows no entry twice if the until of one that was shown is moved',
      'users > list and revoke give each of 500 sessions of one user once',
    ],
  ],
  'gives the first page only': [
    () =>
      new (class extends ToyStore {
        protected override async listEntries(user: string, page: IndexPage, options: CallOptions) {
          return { ...(await super.listEntries(user, page, options)), cursor: null };
        }
      })(),
    [
      'users > list gives pages of at most limit entries, those with the latest until first',
      'users > list gives no cursor with the last page, not even with a full one',
      'users > list gives each entry once if all have the same until',
      'users > list goes on where a page ended if entries have been removed or revoked meanwhile',
      'users > list shows no entry twice if the until of one that was shown is moved',
      'users > list and revoke give each of 500 sessions of one user once',
    ],
  ],
  'lists in the order in which entries were added': [
    () =>
      new (class extends ToyStore {
        protected override async listEntries(
          user: string,
          { limit, cursor }: IndexPage,
          options: CallOptions,
        ) {
          const names = [...this.entriesOf(user)].flatMap(([name, { isRevoked }]) =>
            isRevoked ? [] : [name],
          );
          const start = names.indexOf(cursor ?? '') + 1;
          const page = names.slice(start, start + limit);
          return {
            entries: page.map((name) => this.withRecords(user, name, options)),
            cursor: start + limit < names.length ? (page.at(-1) ?? null) : null,
          };
        }
      })(),
    [
      'users > list gives pages of at most limit entries, those with the latest until first',
      'users > list goes on where a page ended if entries have been removed or revoked meanwhile',
    ],
  ],
  'gives a cursor with a last page that is full': [
    () =>
      new (class extends ToyStore {
        protected override async listEntries(user: string, page: IndexPage, options: CallOptions) {
          const listed = await super.listEntries(user, page, options);
          const isFull = listed.entries.length === page.limit && listed.cursor === null;
          return isFull ? { ...listed, cursor: '1:a' } : listed;
        }
      })(),
    ['users > list gives no cursor with the last page, not even with a full one'],
  ],
  'counts pages by an offset': [
    () =>
      new (class extends ToyStore {
        protected override async listEntries(
          user: string,
          { limit, cursor }: IndexPage,
          options: CallOptions,
        ) {
          const start = /^\d+$/.test(cursor ?? '') && Number(cursor) < 1e6 ? Number(cursor) : 0;
          const { entries } = await super.listEntries(user, { limit: 1e9 }, options);
          const end = start + limit;
          return { entries: entries.slice(start, end), cursor: end < entries.length ? String(end) : null };
        }
      })(),
    ['users > list goes on where a page ended if entries have been removed or revoked meanwhile'],
  ],
  'begins a page at the first entry with another until': [
    () =>
      new (class extends ToyStore {
        protected override listEntries = (user: string, page: IndexPage, options: CallOptions) =>
          super.listEntries(user, { ...page, cursor: page.cursor?.replace(/:[\w-]+$/, ':-') }, options);
      })(),
    [
      'users > list gives no cursor with the last page, not even with a full one',
      'users > list gives each entry once if all have the same until',
      'users > list goes on where a page ended if entries have been removed or revoked meanwhile',
      'users > list shows no entry twice if the until of one that was shown is moved',
      'users > list and revoke give each of 500 sessions of one user once',
    ],
  ],
  'finds where a page ended by the entry there, and else begins anew': [
    () =>
      new (class extends ToyStore {
        protected override listEntries(user: string, page: IndexPage, options: CallOptions) {
          const entry = this.entriesOf(user).get(page.cursor?.split(':')[1] ?? '');
          const cursor = entry && !entry.isRevoked ? page.cursor : undefined;
          return super.listEntries(user, { ...page, cursor }, options);
        }
      })(),
    ['users > list goes on where a page ended if entries have been removed or revoked meanwhile'],
  ],
  'finds where a page ended by the entry there, wherever it is by now': [
    () =>
      new (class extends ToyStore {
        protected override listEntries(user: string, page: IndexPage, options: CallOptions) {
          const name = page.cursor?.split(':')[1] ?? '';
          const { until } = this.entriesOf(user).get(name) ?? {};
          const cursor = until === undefined ? page.cursor : `${until}:${name}`;
          return super.listEntries(user, { ...page, cursor }, options);
        }
      })(),
    ['users > list shows no entry twice if the until of one that was shown is moved'],
  ],
  'fails for a cursor that it did not make': [
    () =>
      new (class extends ToyStore {
        protected override async listEntries(user: string, page: IndexPage, options: CallOptions) {
          if (page.cursor && !/^\d+:[\w-]+$/.test(page.cursor)) throw new Error('no cursor');
          return super.listEntries(user, page, options);
        }
      })(),
    ['users > list gives the first page for a cursor that it did not make'],
  ],
  'lists revoked entries': [
    () =>
      new (class extends ToyStore {
        protected override async listEntries(user: string, page: IndexPage, options: CallOptions) {
          const entries = this.entriesOf(user);
          const revoked = [...entries.values()].filter(({ isRevoked }) => isRevoked);
          for (const entry of revoked) entry.isRevoked = false;
          const listed = await super.listEntries(user, page, options);
          for (const entry of revoked) entry.isRevoked = true;
          return listed;
        }
      })(),
    [
      'users > tells apart names of entries of 1 letters by the last letter, and by its case',
      'users > tells apart names of entries of 64 letters by the last letter, and by its case',
      'users > revoke revokes all entries of the user, and gives their records',
      'users > revoke with only revokes those, and ignores names that are not there',
      'users > revoke with except revokes all but those',
      'users > add refuses and changes nothing if the entry is revoked',
      'users > revoke misses none of 50 sessions that move on meanwhile',
      'users > revoke gives each of 50 entries that are added meanwhile, or list does afterwards',
      'users > two of 50 calls of revoke at once give no different entries',
    ],
  ],
};

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});
