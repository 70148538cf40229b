import { expect, it } from 'vitest';
import type { SessionRecord } from '../../src/store-contract/store.js';
import { failures, type PlantedBugs } from '../test-kits/planted-bugs.js';
import { ToyStore } from '../test-kits/toy-store.js';

const bugs: PlantedBugs = {
  'has one index for all users': [
    () =>
      new (class extends ToyStore {
        protected override note = (_: string, id: string, until: number) => super.note('all', id, until);
        protected override forget = (_: string, ids: readonly string[]) => super.forget('all', ids);
        protected override sessionsOf = () => super.sessionsOf('all');
      })(),
    ['users > keeps users apart', 'users > forgets those that it is told to, and no others'],
  ],
  'notes a session with the last user alone': [
    () =>
      new (class extends ToyStore {
        protected override async note(user: string, id: string, until: number) {
          for (const sessions of this.noted.values()) sessions.delete(id);
          await super.note(user, id, until);
        }
      })(),
    ['users > a session noted again is noted once, and may be noted with two users'],
  ],
  'notes only what has a record': [
    () =>
      new (class extends ToyStore {
        protected override async note(user: string, id: string, until: number) {
          if (this.live(id)) await super.note(user, id, until);
        }
      })(),
    [
      'users > lists what was noted, with its record',
      'users > keeps users apart',
      'users > a session noted again is noted once, and may be noted with two users',
      'users > lists what is noted though its record is not written yet',
      'users > a session noted twice is noted until the later of both',
      'users > forgets those that it is told to, and no others',
      'users > a user may have many sessions: 500',
      'users > listing keeps no record alive',
      'users > a record that outlives its first expiry is still noted',
    ],
  ],
  'forgets all of a user at once': [
    () =>
      new (class extends ToyStore {
        protected override async forget(user: string) {
          this.noted.delete(user);
        }
      })(),
    ['users > forgets those that it is told to, and no others'],
  ],
  'lists records that are gone': [
    () =>
      new (class extends ToyStore {
        readonly #all = new Map<string, SessionRecord>();
        protected override put(id: string, record: SessionRecord) {
          this.#all.set(id, record);
          return super.put(id, record);
        }
        protected override async sessionsOf(user: string) {
          const sessions = await super.sessionsOf(user);
          return sessions.map((session) => ({ ...session, record: this.#all.get(session.id) ?? null }));
        }
      })(),
    ['users > lists no record that is gone', 'users > listing keeps no record alive'],
  ],
  'lists a hundred at the most': [
    () =>
      new (class extends ToyStore {
        protected override async sessionsOf(user: string) {
          return (await super.sessionsOf(user)).slice(0, 100);
        }
      })(),
    ['users > a user may have many sessions: 500'],
  ],
  'drops what has outlived its first expiry': [
    () =>
      new (class extends ToyStore {
        readonly #first = new Map<string, number>();
        protected override put(id: string, record: SessionRecord) {
          const expires = new Date(record.cookie?.expires ?? 0).getTime();
          if (!this.#first.has(id)) this.#first.set(id, expires);
          return super.put(id, record);
        }
        protected override async sessionsOf(user: string) {
          const sessions = await super.sessionsOf(user);
          return sessions.filter(({ id }) => {
            const expires = new Date(this.#first.get(id) ?? 8.64e15).toISOString();
            return !this.isOver({ cookie: { expires } });
          });
        }
      })(),
    ['users > a record that outlives its first expiry is still noted'],
  ],
  'keeps alive what it lists': [
    () =>
      new (class extends ToyStore {
        protected override async sessionsOf(user: string) {
          for (const id of this.noted.get(user)?.keys() ?? []) {
            const entry = this.live(id);
            if (entry) entry.record.cookie = { expires: '2100-01-01T00:00:00.000Z' };
          }
          return super.sessionsOf(user);
        }
      })(),
    ['users > listing keeps no record alive'],
  ],
  'notes a session for as long as it was told last': [
    () =>
      new (class extends ToyStore {
        protected override async note(user: string, id: string, until: number) {
          const sessions = this.noted.get(user) ?? new Map<string, number>();
          for (const [other, end] of sessions) if (end < Date.now()) sessions.delete(other);
          this.noted.set(user, sessions.set(id, until));
        }
      })(),
    ['users > a session noted twice is noted until the later of both'],
  ],
};

it.each(Object.entries(bugs))('%s', async (_, [create, expected]) => {
  expect(await failures(create)).toEqual(expected);
});
