import type { IndexedSession } from '../../src/store-contract/store.js';
import { pick, recordOf, SHORT_MS } from './records.js';
import type { StoreSuite } from './suite.js';

/** Keys of users and of sessions as the library makes them. */
const ADA = 'ada'.padEnd(43, 'a');
const BOB = 'bob'.padEnd(43, 'b');
const HOUR_MS = 3_600_000;
const MANY = 500;

/** Which sessions are whose: `users`, of a store that has it. */
export function testUsers({ describe, expect, contract, testIndex }: StoreSuite): void {
  const { users: noted, expires = true } = contract;
  if (noted === false) return;
  const until = Date.now() + HOUR_MS;
  const ids = (sessions: IndexedSession<object>[]) => sessions.map(({ id }) => id).sort();

  describe('users', () => {
    testIndex('a user without sessions has none', async ({ users }) => {
      expect(await users.list(ADA)).toEqual([]);
    });

    testIndex('lists what was noted, with its record', async ({ store, users }) => {
      await users.add(ADA, 'one', until);
      await store.set('one', recordOf({ n: 1 }));
      await users.add(ADA, 'two', until);
      await store.set('two', recordOf({ n: 2 }));
      const sessions = await users.list(ADA);
      expect(ids(sessions)).toEqual(['one', 'two']);
      for (const { id, record } of sessions) {
        expect(pick(record, { n: 0 })).toEqual({ n: id === 'one' ? 1 : 2 });
      }
    });

    testIndex('keeps users apart', async ({ store, users }) => {
      await users.add(ADA, 'one', until);
      await users.add(BOB, 'two', until);
      await store.set('one', recordOf({}));
      expect(ids(await users.list(ADA))).toEqual(['one']);
      expect(ids(await users.list(BOB))).toEqual(['two']);
    });

    testIndex('a session noted again is noted once, and may be noted with two users', async ({ users }) => {
      await users.add(ADA, 'one', until);
      await users.add(ADA, 'one', until);
      await users.add(BOB, 'one', until);
      expect(ids(await users.list(ADA))).toEqual(['one']);
      expect(ids(await users.list(BOB))).toEqual(['one']);
    });

    testIndex('lists what is noted though its record is not written yet', async ({ users }) => {
      await users.add(ADA, 'one', until);
      const [session] = await users.list(ADA);
      expect([session?.record, session?.unreadable ?? false]).toEqual([null, false]);
    });

    testIndex('a session noted twice is noted until the later of both', async ({ users }) => {
      await users.add(ADA, 'one', until);
      await users.add(ADA, 'one', Date.now() - HOUR_MS);
      await users.add(ADA, 'two', until);
      expect(ids(await users.list(ADA))).toEqual(['one', 'two']);
    });

    testIndex('lists no record that is gone', async ({ store, users }) => {
      await users.add(ADA, 'one', until);
      await store.set('one', recordOf({}));
      await store.destroy('one');
      expect((await users.list(ADA)).filter(({ record }) => record !== null)).toEqual([]);
    });

    testIndex('forgets those that it is told to, and no others', async ({ users }) => {
      for (const id of ['one', 'two', 'three']) await users.add(ADA, id, until);
      await users.add(BOB, 'one', until);
      await users.remove(ADA, ['one', 'two', 'unknown']);
      expect(ids(await users.list(ADA))).toEqual(['three']);
      expect(ids(await users.list(BOB))).toEqual(['one']);
      await users.remove(ADA, []);
      await users.remove('nobody', ['three']);
      expect(ids(await users.list(ADA))).toEqual(['three']);
    });

    testIndex(`a user may have many sessions: ${MANY}`, async ({ store, users }) => {
      for (let n = 0; n < MANY; n++) {
        await users.add(ADA, `id-${n}`, until);
        await store.set(`id-${n}`, recordOf({ n }));
      }
      const sessions = await users.list(ADA);
      expect(sessions.filter(({ record }) => record !== null).length).toBe(MANY);
    });

    if (!expires) return;

    testIndex('listing keeps no record alive', async ({ store, users, outlive }) => {
      await users.add(ADA, 'one', until);
      await store.set('one', recordOf({}, SHORT_MS));
      const [session] = await users.list(ADA);
      expect(Boolean(session?.record)).toBe(true);
      const { leftMs } = session ?? {};
      expect(leftMs === undefined || (leftMs > 0 && leftMs <= SHORT_MS)).toBe(true);
      await outlive(SHORT_MS);
      expect((await users.list(ADA)).filter(({ record }) => record !== null)).toEqual([]);
    });

    testIndex('a record that outlives its first expiry is still noted', async ({ store, users, outlive }) => {
      await users.add(ADA, 'one', until);
      await store.set('one', recordOf({ n: 1 }, SHORT_MS));
      await store.set('one', recordOf({ n: 2 }));
      await outlive(SHORT_MS);
      const [session] = await users.list(ADA);
      expect(pick(session?.record ?? null, { n: 0 })).toEqual({ n: 2 });
    });
  });
}
