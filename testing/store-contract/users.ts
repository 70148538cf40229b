import type { IndexedSession } from '../../src/store-contract/store.js';
import { longLengths } from './ids.js';
import { pick, recordOf, SHORT_MS } from './records.js';
import type { StoreSuite } from './suite.js';

/** Keys of users have the shape of hashes, of 43 letters, as the library makes them. */
const START = 'ad_A-0'.padEnd(42, 'a');
const ADA = `${START}a`;
const BOB = `${START}b`;
const NOBODY = `${START}z`;
const HOUR_MS = 3_600_000;
const HALF_A_MINUTE_MS = 30_000;
const MANY = 500;

const idsOf = (sessions: IndexedSession<object>[]) => sessions.map(({ id }) => id).sort();

/** Tests `users`: the index must name every session of a user, and no session of another one. */
export function testUsers(suite: StoreSuite): void {
  const { describe, expect, contract, testIndex } = suite;
  if (contract.users === false) return;
  const until = Date.now() + HOUR_MS;

  describe('users', () => {
    testIndex('needs a store with atomic', async ({ store }) => {
      expect(Boolean(store.atomic)).toBe(true);
    });

    testIndex('list gives nothing for a user without sessions', async ({ users }) => {
      expect(await users.list(ADA)).toEqual([]);
    });

    testIndex('list gives the added sessions with their records', async ({ store, users }) => {
      await users.add(ADA, 'one', until);
      await store.set('one', recordOf({ n: 1 }));
      await users.add(ADA, 'two', until);
      await store.set('two', recordOf({ n: 2 }));
      const sessions = await users.list(ADA);
      expect(idsOf(sessions)).toEqual(['one', 'two']);
      for (const { id, record } of sessions) {
        expect(pick(record, { n: 0 })).toEqual({ n: id === 'one' ? 1 : 2 });
      }
    });

    testIndex('add keeps one entry for each user of a session', async ({ users }) => {
      await users.add(ADA, 'one', until);
      await users.add(ADA, 'one', until);
      await users.add(BOB, 'one', until);
      expect(idsOf(await users.list(ADA))).toEqual(['one']);
      expect(idsOf(await users.list(BOB))).toEqual(['one']);
    });

    testIndex('list gives a session whose record is not written yet', async ({ users }) => {
      await users.add(ADA, 'one', until);
      const [session] = await users.list(ADA);
      expect([session?.record, session?.unreadable ?? false]).toEqual([null, false]);
    });

    testIndex('add keeps the later until when a session is added again', async ({ users }) => {
      await users.add(ADA, 'one', until);
      await users.add(ADA, 'one', Date.now() - HOUR_MS);
      await users.add(ADA, 'two', until);
      expect(idsOf(await users.list(ADA))).toEqual(['one', 'two']);
    });

    testIndex('keeps an entry for a minute after its until, since clocks differ', async ({ users }) => {
      await users.add(ADA, 'one', Date.now() - HALF_A_MINUTE_MS);
      await users.add(ADA, 'two', until);
      expect(idsOf(await users.list(ADA))).toEqual(['one', 'two']);
    });

    testIndex('list gives no deleted record', async ({ store, users }) => {
      await users.add(ADA, 'one', until);
      await store.set('one', recordOf({}));
      await store.destroy('one');
      expect((await users.list(ADA)).filter(({ record }) => record !== null)).toEqual([]);
    });

    testIndex('remove removes the given sessions of the user, and no others', async ({ users }) => {
      for (const id of ['one', 'two', 'three']) await users.add(ADA, id, until);
      await users.add(BOB, 'one', until);
      await users.remove(ADA, ['one', 'two', 'unknown']);
      expect(idsOf(await users.list(ADA))).toEqual(['three']);
      expect(idsOf(await users.list(BOB))).toEqual(['one']);
      await users.remove(ADA, []);
      await users.remove(NOBODY, ['three']);
      expect(idsOf(await users.list(ADA))).toEqual(['three']);
    });

    testIndex(`list gives all of ${MANY} sessions of one user`, async ({ store, users }) => {
      for (let n = 0; n < MANY; n++) {
        await users.add(ADA, `id-${n}`, until);
        await store.set(`id-${n}`, recordOf({ n }));
      }
      const sessions = await users.list(ADA);
      expect(sessions.filter(({ record }) => record !== null).length).toBe(MANY);
    });

    testKeys(suite, until);
    if (contract.expires ?? true) testRecordExpiry(suite, until);
  });
}

/** Tests that the store compares every letter of a user's key and of an ID, with its case. */
function testKeys({ expect, contract, testIndex }: StoreSuite, until: number): void {
  testIndex(
    'tells apart users by the last letter of their keys, and by its case',
    async ({ store, users }) => {
      const sessions = { [ADA]: 'one', [BOB]: 'two', [`${START}A`]: 'three' };
      for (const [user, id] of Object.entries(sessions)) {
        await users.add(user, id, until);
        await store.set(id, recordOf({}));
      }
      for (const [user, id] of Object.entries(sessions)) expect(idsOf(await users.list(user))).toEqual([id]);
      await users.remove(ADA, ['one', 'two', 'three']);
      expect(idsOf(await users.list(ADA))).toEqual([]);
      expect(idsOf(await users.list(BOB))).toEqual(['two']);
      expect(idsOf(await users.list(`${START}A`))).toEqual(['three']);
    },
  );

  for (const length of longLengths(contract)) {
    testIndex(
      `tells apart session IDs of ${length} letters by the last letter, and by its case`,
      async (subject) => {
        const { store, users } = subject;
        const ids = ['A', 'a', 'b'].map((last) => 'x'.repeat(length - 1) + last);
        for (const id of ids) {
          await users.add(ADA, id, until);
          await store.set(id, recordOf({ id }));
        }
        const sessions = await users.list(ADA);
        expect(idsOf(sessions)).toEqual(ids);
        for (const { id, record } of sessions) expect(pick(record, { id })).toEqual({ id });
        await users.remove(ADA, ids.slice(1));
        expect(idsOf(await users.list(ADA))).toEqual(ids.slice(0, 1));
      },
    );
  }
}

/** Tests that `list` follows the expiry of a record and never moves it. */
function testRecordExpiry({ expect, testIndex }: StoreSuite, until: number): void {
  testIndex('list does not keep a record alive', async ({ store, users, outlive }) => {
    await users.add(ADA, 'one', until);
    await store.set('one', recordOf({}, SHORT_MS));
    const [session] = await users.list(ADA);
    expect(Boolean(session?.record)).toBe(true);
    const { leftMs } = session ?? {};
    expect(leftMs === undefined || (leftMs > 0 && leftMs <= SHORT_MS)).toBe(true);
    await outlive(SHORT_MS);
    expect((await users.list(ADA)).filter(({ record }) => record !== null)).toEqual([]);
  });

  testIndex(
    'list gives a record whose expiry was moved to a later time',
    async ({ store, users, outlive }) => {
      await users.add(ADA, 'one', until);
      await store.set('one', recordOf({ n: 1 }, SHORT_MS));
      await store.set('one', recordOf({ n: 2 }));
      await outlive(SHORT_MS);
      const [session] = await users.list(ADA);
      expect(pick(session?.record ?? null, { n: 0 })).toEqual({ n: 2 });
    },
  );
}
