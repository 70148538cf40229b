import { expect, it } from 'vitest';
import type { CallOptions, SessionRecord } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { ToyStore } from '../test-kits/toy-store.js';

const bugs: PlantedBugs = {
  'cannot compare and swap': [
    () => Object.assign(new ToyStore(), { atomic: undefined }),
    ['users > needs a store with atomic'],
  ],
  'has one index for all users': [
    () =>
      new (class extends ToyStore {
        protected override userKey = () => 'all';
      })(),
    [
      'users > remove removes the given sessions of the user, and no others',
      'users > tells apart users by the last letter of their keys, and by its case',
    ],
  ],
  'cuts users’ keys at 42 letters': [
    () =>
      new (class extends ToyStore {
        protected override userKey = (user: string) => user.slice(0, 42);
      })(),
    [
      'users > remove removes the given sessions of the user, and no others',
      'users > tells apart users by the last letter of their keys, and by its case',
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
        protected override index = (user: string, id: string, until: number, options: CallOptions) =>
          super.index(user, id.toLowerCase(), until, options);
      })(),
    [
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
    ],
  ],
  'indexes 128 letters of an ID': [
    () =>
      new (class extends ToyStore {
        protected override index = (user: string, id: string, until: number, options: CallOptions) =>
          super.index(user, id.slice(0, 128), until, options);
      })(),
    ['users > tells apart session IDs of 256 letters by the last letter, and by its case'],
  ],
  'removes an entry as soon as it expires': [
    () =>
      new (class extends ToyStore {
        protected override async sessionsOf(user: string, options: CallOptions) {
          const ends = this.indexes.get(this.userKey(user));
          const entries = await super.sessionsOf(user, options);
          return entries.filter(({ id }) => (ends?.get(id) ?? 0) > options.now);
        }
      })(),
    ['users > keeps an entry for a minute after its until, since clocks differ'],
  ],
  'indexes a session only under its last user': [
    () =>
      new (class extends ToyStore {
        protected override async index(user: string, id: string, until: number, options: CallOptions) {
          for (const sessions of this.indexes.values()) sessions.delete(id);
          await super.index(user, id, until, options);
        }
      })(),
    ['users > add keeps one entry for each user of a session'],
  ],
  'indexes only sessions with a record': [
    () =>
      new (class extends ToyStore {
        protected override async index(user: string, id: string, until: number, options: CallOptions) {
          if (this.live(id, options)) await super.index(user, id, until, options);
        }
      })(),
    [
      'a store with expiry "record" > list gives no leftMs',
      'users > list gives the added sessions with their records',
      'users > add keeps one entry for each user of a session',
      'users > list gives a session whose record is not written yet',
      'users > add keeps the later until when a session is added again',
      'users > keeps an entry for a minute after its until, since clocks differ',
      'users > remove removes the given sessions of the user, and no others',
      'users > list gives all of 500 sessions of one user',
      'users > tells apart users by the last letter of their keys, and by its case',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
      'users > list does not keep a record alive',
      'users > list gives a record whose expiry was moved to a later time',
      'with the time set by a test > users keep an entry that expires later',
    ],
  ],
  'has a remove that removes all sessions of the user': [
    () =>
      new (class extends ToyStore {
        protected override async unindex(user: string) {
          this.indexes.delete(user);
        }
      })(),
    [
      'users > remove removes the given sessions of the user, and no others',
      'users > tells apart session IDs of 43 letters by the last letter, and by its case',
      'users > tells apart session IDs of 256 letters by the last letter, and by its case',
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
        protected override async sessionsOf(user: string, options: CallOptions) {
          const sessions = await super.sessionsOf(user, options);
          return sessions.map((session) => ({ ...session, record: this.#all.get(session.id) ?? null }));
        }
      })(),
    ['users > list gives no deleted record', 'users > list does not keep a record alive'],
  ],
  'lists at most 100 sessions': [
    () =>
      new (class extends ToyStore {
        protected override async sessionsOf(user: string, options: CallOptions) {
          return (await super.sessionsOf(user, options)).slice(0, 100);
        }
      })(),
    ['users > list gives all of 500 sessions of one user'],
  ],
  'drops a session at the first expiry of its record': [
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
    ['users > list gives a record whose expiry was moved to a later time'],
  ],
  'has a list that keeps records alive': [
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
    ['users > list does not keep a record alive'],
  ],
  'keeps the last until that it was given': [
    () =>
      new (class extends ToyStore {
        protected override async index(user: string, id: string, until: number, options: CallOptions) {
          const sessions = this.indexes.get(user) ?? new Map<string, number>();
          for (const [other, end] of sessions) if (this.isOver(end, options)) sessions.delete(other);
          this.indexes.set(user, sessions.set(id, until));
        }
      })(),
    [
      'users > add keeps the later until when a session is added again',
      'users > keeps an entry for a minute after its until, since clocks differ',
    ],
  ],
};

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});
