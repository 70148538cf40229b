import { callOptions } from '../../src/store-contract/store.js';
import { pick, recordOf, SHORT_MS } from './records.js';
import type { StoreSuite } from './suite.js';
import { ADA, BOB, entry, keysIn, NOBODY, namesOf, recordedKeys, recordsOf } from './user-entries.js';
import { testUserNames } from './user-names.js';
import { testUserPages } from './user-pages.js';
import { testRevocation } from './user-revocation.js';

const HOUR_MS = 3_600_000;
const HALF_A_MINUTE_MS = 30_000;

/** Tests `users`: the index must name every session of a user, and no session of another one. */
export function testUsers(suite: StoreSuite): void {
  const { describe, expect, contract, testIndex } = suite;
  if (contract.users === false) return;

  describe('users', () => {
    testIndex('needs a store with atomic', async ({ store }) => {
      expect(Boolean(store.atomic)).toBe(true);
    });

    testIndex('list gives nothing for a user without sessions', async ({ users }) => {
      expect(await users.list(ADA)).toEqual({ entries: [], cursor: null });
    });

    testEntries(suite);
    testMoves(suite);
    testRemove(suite);
    testUserNames(suite);
    if (contract.expires ?? true) testRecordExpiry(suite);
    testUserPages(suite);
    testRevocation(suite);
  });
}

/** Tests what `add` adds and what `list` says of it. */
function testEntries({ expect, testIndex }: StoreSuite): void {
  testIndex('list gives the added sessions with their records', async ({ store, users }) => {
    for (const key of ['one', 'two']) {
      expect(await users.add(ADA, entry(key))).toBe(true);
      await store.set(key, recordOf({ of: key }));
    }
    const { entries, cursor } = await users.list(ADA);
    expect(namesOf(entries).sort()).toEqual(['of-one', 'of-two']);
    expect(cursor).toBe(null);
    for (const session of entries) {
      const [found, ...others] = session.records;
      expect([session.entry, others]).toEqual([`of-${found?.key}`, []]);
      expect(pick(found?.record ?? null, { of: '' })).toEqual({ of: found?.key });
    }
  });

  testIndex('add keeps one entry for each user of a session', async ({ users }) => {
    for (const user of [ADA, ADA, BOB]) expect(await users.add(user, entry('one'))).toBe(true);
    expect(keysIn(await users.list(ADA))).toEqual(['one']);
    expect(keysIn(await users.list(BOB))).toEqual(['one']);
  });

  testIndex('list gives a session whose record is not written yet', async ({ users }) => {
    await users.add(ADA, entry('one'));
    const { entries } = await users.list(ADA);
    const found = recordsOf(entries).map(({ key, record, unreadable = false }) => ({
      key,
      record,
      unreadable,
    }));
    expect(found).toEqual([{ key: 'one', record: null, unreadable: false }]);
  });

  testIndex('list says that an entry is recent if a key was added just now', async ({ users }) => {
    await users.add(ADA, entry('one'));
    expect((await users.list(ADA)).entries.map(({ isRecent }) => isRecent)).toEqual([true]);
  });

  testIndex('add keeps the later until when a key is added again', async ({ users }) => {
    await users.add(ADA, entry('one'));
    expect(await users.add(ADA, entry('one', { until: Date.now() - HOUR_MS }))).toBe(true);
    await users.add(ADA, entry('two'));
    expect(keysIn(await users.list(ADA))).toEqual(['one', 'two']);
  });

  testIndex('add moves the until of an entry to a later time', async ({ users }) => {
    await users.add(ADA, entry('one', { until: Date.now() + HALF_A_MINUTE_MS }));
    await users.add(ADA, entry('two', { until: Date.now() + 2 * HALF_A_MINUTE_MS }));
    await users.add(ADA, entry('one'));
    expect(namesOf((await users.list(ADA)).entries)).toEqual(['of-one', 'of-two']);
  });

  testIndex('keeps an entry for a minute after its until, since clocks differ', async ({ users }) => {
    await users.add(ADA, entry('one', { until: Date.now() - HALF_A_MINUTE_MS }));
    await users.add(ADA, entry('two'));
    expect(keysIn(await users.list(ADA))).toEqual(['one', 'two']);
  });

  testIndex('list gives no deleted record', async ({ store, users }) => {
    await users.add(ADA, entry('one'));
    await store.set('one', recordOf({}));
    await store.destroy('one');
    expect(recordedKeys(await users.list(ADA))).toEqual([]);
  });
}

/** Tests `add` with `from`: the entry of a session holds the keys of its old and its new ID. */
function testMoves({ expect, testIndex }: StoreSuite): void {
  testIndex('add adds a second key to an entry that holds the key from', async ({ store, users }) => {
    await users.add(ADA, entry('old'));
    expect(await users.add(ADA, entry('new', { entry: 'of-old', from: 'old' }))).toBe(true);
    for (const key of ['old', 'new']) await store.set(key, recordOf({ of: key }));
    const { entries } = await users.list(ADA);
    expect(namesOf(entries)).toEqual(['of-old']);
    expect(recordedKeys({ entries, cursor: null })).toEqual(['new', 'old']);
    for (const { key, record } of recordsOf(entries)) expect(pick(record, { of: '' })).toEqual({ of: key });
  });

  testIndex(
    'add refuses and changes nothing if there is no entry that holds the key from',
    async ({ users }) => {
      await users.add(ADA, entry('one'));
      await users.add(BOB, entry('two'));
      for (const [name, from] of [
        ['of-one', 'two'],
        ['of-two', 'two'],
        ['of-new', 'one'],
        ['of-one', 'on'],
      ] as const) {
        expect(await users.add(ADA, entry('new', { entry: name, from }))).toBe(false);
      }
      expect(keysIn(await users.list(ADA))).toEqual(['one']);
      expect(keysIn(await users.list(BOB))).toEqual(['two']);
    },
  );

  testIndex('add refuses and changes nothing if the key from was removed', async ({ users }) => {
    await users.add(ADA, entry('old'));
    await users.add(ADA, entry('new', { entry: 'of-old', from: 'old' }));
    await users.remove(ADA, [{ entry: 'of-old', key: 'old' }]);
    expect(await users.add(ADA, entry('newer', { entry: 'of-old', from: 'old' }))).toBe(false);
    expect(keysIn(await users.list(ADA))).toEqual(['new']);
  });

  testIndex(
    'add with the key itself as from says that its record is written, and asks whether it is there',
    async ({ store, users }) => {
      await users.add(ADA, entry('one'));
      await store.set('one', recordOf({}));
      expect(await users.add(ADA, entry('one', { from: 'one' }))).toBe(true);
      expect(await users.add(ADA, entry('two', { from: 'two' }))).toBe(false);
      expect(await users.add(ADA, entry('two', { entry: 'of-one', from: 'two' }))).toBe(false);
      const { entries } = await users.list(ADA);
      expect(entries.map(({ isRecent }) => isRecent)).toEqual([false]);
      expect(keysIn(await users.list(ADA))).toEqual(['one']);
      // A removal may keep what has changed just now.
      await users.remove(ADA, [entry('one')], { ...callOptions(), keepRecent: true });
      expect(keysIn(await users.list(ADA))).toEqual(['one']);
    },
  );
}

function testRemove({ expect, testIndex }: StoreSuite): void {
  testIndex('remove removes the given keys of the user, and no others', async ({ users }) => {
    for (const key of ['one', 'two', 'three']) await users.add(ADA, entry(key));
    await users.add(BOB, entry('one'));
    await users.remove(ADA, [entry('one'), entry('two')]);
    expect(keysIn(await users.list(ADA))).toEqual(['three']);
    expect(keysIn(await users.list(BOB))).toEqual(['one']);
  });

  testIndex(
    'remove of one key leaves the others of the entry, and of the last one removes it',
    async ({ users }) => {
      for (const key of ['one', 'two', 'three']) await users.add(ADA, entry(key, { entry: 'session' }));
      await users.remove(ADA, [{ entry: 'session', key: 'two' }]);
      expect(keysIn(await users.list(ADA))).toEqual(['one', 'three']);
      await users.remove(ADA, [
        { entry: 'session', key: 'one' },
        { entry: 'session', key: 'three' },
      ]);
      expect(await users.list(ADA)).toEqual({ entries: [], cursor: null });
    },
  );

  testIndex('remove ignores what is not there', async ({ users }) => {
    await users.add(ADA, entry('one'));
    await users.remove(ADA, []);
    await users.remove(ADA, [entry('two'), { entry: 'of-one', key: 'two' }, { entry: 'of-two', key: 'one' }]);
    await users.remove(NOBODY, [entry('one')]);
    expect(keysIn(await users.list(ADA))).toEqual(['one']);
  });
}

/** Tests that `list` follows the expiry of a record and never moves it. */
function testRecordExpiry({ expect, testIndex }: StoreSuite): void {
  testIndex('list does not keep a record alive', async ({ store, users, outlive }) => {
    await users.add(ADA, entry('one'));
    await store.set('one', recordOf({}, SHORT_MS));
    const [found] = recordsOf((await users.list(ADA)).entries);
    expect(Boolean(found?.record)).toBe(true);
    await outlive(SHORT_MS);
    expect(recordedKeys(await users.list(ADA))).toEqual([]);
  });

  testIndex(
    'list gives a record whose expiry was moved to a later time',
    async ({ store, users, outlive }) => {
      await users.add(ADA, entry('one'));
      await store.set('one', recordOf({ n: 1 }, SHORT_MS));
      await store.set('one', recordOf({ n: 2 }));
      await outlive(SHORT_MS);
      const [found] = recordsOf((await users.list(ADA)).entries);
      expect(pick(found?.record ?? null, { n: 0 })).toEqual({ n: 2 });
    },
  );
}
