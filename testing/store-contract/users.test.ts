import { expect, it } from 'vitest';
import type { CallOptions, SessionRecord } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { ToyStore } from '../test-kits/toy-store.js';

const bugs: PlantedBugs = {
  'cannot compare and swap': [
    () => Object.assign(new ToyStore(), { atomic: undefined }),
    ['users > need a store that can compare and swap'],
  ],
  'has one index for all users': [
    () =>
      new (class extends ToyStore {
        protected override userKey = () => 'all';
      })(),
    [
      'users > remove the sessions that are named, and no others',
      'users > are apart if their keys differ in the last letter, or in its case',
    ],
  ],
  'cuts users’ keys at 42 letters': [
    () =>
      new (class extends ToyStore {
        protected override userKey = (user: string) => user.slice(0, 42);
      })(),
    [
      'users > remove the sessions that are named, and no others',
      'users > are apart if their keys differ in the last letter, or in its case',
    ],
  ],
  'lower-cases users’ keys': [
    () =>
      new (class extends ToyStore {
        protected override userKey = (user: string) => user.toLowerCase();
      })(),
    ['users > are apart if their keys differ in the last letter, or in its case'],
  ],
  'indexes IDs in lower case': [
    () =>
      new (class extends ToyStore {
        protected override index = (user: string, id: string, until: number, options: CallOptions) =>
          super.index(user, id.toLowerCase(), until, options);
      })(),
    [
      'users > have sessions whose IDs of 43 letters differ in the last, or in its case',
      'users > have sessions whose IDs of 256 letters differ in the last, or in its case',
    ],
  ],
  'indexes 128 letters of an ID': [
    () =>
      new (class extends ToyStore {
        protected override index = (user: string, id: string, until: number, options: CallOptions) =>
          super.index(user, id.slice(0, 128), until, options);
      })(),
    ['users > have sessions whose IDs of 256 letters differ in the last, or in its case'],
  ],
  'drops a session as soon as its entry ends': [
    () =>
      new (class extends ToyStore {
        protected override async sessionsOf(user: string, options: CallOptions) {
          const ends = this.indexes.get(this.userKey(user));
          const entries = await super.sessionsOf(user, options);
          return entries.filter(({ id }) => (ends?.get(id) ?? 0) > options.now);
        }
      })(),
    ['users > keep a session for a minute after its end: clocks differ'],
  ],
  'indexes a session under its last user alone': [
    () =>
      new (class extends ToyStore {
        protected override async index(user: string, id: string, until: number, options: CallOptions) {
          for (const sessions of this.indexes.values()) sessions.delete(id);
          await super.index(user, id, until, options);
        }
      })(),
    ['users > keep a session added twice once, and with each of two users'],
  ],
  'indexes only what has a record': [
    () =>
      new (class extends ToyStore {
        protected override async index(user: string, id: string, until: number, options: CallOptions) {
          if (this.live(id, options)) await super.index(user, id, until, options);
        }
      })(),
    [
      'a store where the date in the record ends sessions > lists no leftMs',
      'users > list what was added, with its record',
      'users > keep a session added twice once, and with each of two users',
      'users > list a session whose record is not written yet',
      'users > keep a session added twice until the later of both',
      'users > keep a session for a minute after its end: clocks differ',
      'users > remove the sessions that are named, and no others',
      'users > list many sessions of one user: 500',
      'users > are apart if their keys differ in the last letter, or in its case',
      'users > have sessions whose IDs of 43 letters differ in the last, or in its case',
      'users > have sessions whose IDs of 256 letters differ in the last, or in its case',
      'users > keep no record alive by listing it',
      'users > list a record that outlives its first expiry',
      'with the time set by a test > users keep a session that is added until after it',
    ],
  ],
  'removes all sessions of a user at once': [
    () =>
      new (class extends ToyStore {
        protected override async unindex(user: string) {
          this.indexes.delete(user);
        }
      })(),
    [
      'users > remove the sessions that are named, and no others',
      'users > have sessions whose IDs of 43 letters differ in the last, or in its case',
      'users > have sessions whose IDs of 256 letters differ in the last, or in its case',
    ],
  ],
  'lists records that are gone': [
    () =>
      new (class extends ToyStore {
        readonly #all = new Map<string, SessionRecord>();
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          this.#all.set(id, record);
          return super.put(id, record, options);
        }
        protected override async sessionsOf(user: string, options: CallOptions) {
          const sessions = await super.sessionsOf(user, options);
          return sessions.map((session) => ({ ...session, record: this.#all.get(session.id) ?? null }));
        }
      })(),
    ['users > list no record that is gone', 'users > keep no record alive by listing it'],
  ],
  'lists a hundred at the most': [
    () =>
      new (class extends ToyStore {
        protected override async sessionsOf(user: string, options: CallOptions) {
          return (await super.sessionsOf(user, options)).slice(0, 100);
        }
      })(),
    ['users > list many sessions of one user: 500'],
  ],
  'drops what has outlived its first expiry': [
    () =>
      new (class extends ToyStore {
        readonly #first = new Map<string, number>();
        protected override put(id: string, record: SessionRecord, options: CallOptions) {
          if (!this.#first.has(id)) this.#first.set(id, this.endOf(record));
          return super.put(id, record, options);
        }
        protected override async sessionsOf(user: string, options: CallOptions) {
          const sessions = await super.sessionsOf(user, options);
          return sessions.filter(({ id }) => !this.isOver(this.#first.get(id) ?? 8.64e15, options));
        }
      })(),
    ['users > list a record that outlives its first expiry'],
  ],
  'keeps alive what it lists': [
    () =>
      new (class extends ToyStore {
        protected override async sessionsOf(user: string, options: CallOptions) {
          for (const id of this.indexes.get(user)?.keys() ?? []) {
            const entry = this.live(id, options);
            if (entry) entry.until = 8.64e15;
          }
          return super.sessionsOf(user, options);
        }
      })(),
    ['users > keep no record alive by listing it'],
  ],
  'indexes a session until what it was told last': [
    () =>
      new (class extends ToyStore {
        protected override async index(user: string, id: string, until: number, options: CallOptions) {
          const sessions = this.indexes.get(user) ?? new Map<string, number>();
          for (const [other, end] of sessions) if (this.isOver(end, options)) sessions.delete(other);
          this.indexes.set(user, sessions.set(id, until));
        }
      })(),
    [
      'users > keep a session added twice until the later of both',
      'users > keep a session for a minute after its end: clocks differ',
    ],
  ],
};

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});
