import { pick, recordOf } from './records.js';
import type { StoreSuite } from './suite.js';
import { ADA, BOB, entry, keysIn, keysOf, NOBODY, namesOf, recordsOf, UNTIL } from './user-entries.js';

const AT_ONCE = Array.from({ length: 50 }, (_, index) => index);
const FIVE = ['a', 'b', 'c', 'd', 'e'];

/** Tests `revoke`: what it returns is all that there is, and nothing moves on from there. */
export function testRevocation(suite: StoreSuite): void {
  testChoice(suite);
  testRevoked(suite);
  testConcurrentRevocation(suite);
}

/** Tests which entries `revoke` takes. */
function testChoice({ expect, testIndex }: StoreSuite): void {
  testIndex('revoke revokes all entries of the user, and gives their records', async ({ store, users }) => {
    for (const key of ['one', 'two']) {
      await users.add(ADA, entry(key));
      await store.set(key, recordOf({ of: key }));
    }
    await users.add(ADA, entry('new', { entry: 'of-two', from: 'two' }));
    await users.add(BOB, entry('bobs'));
    const revoked = await users.revoke(ADA);
    expect(namesOf(revoked).sort()).toEqual(['of-one', 'of-two']);
    expect(keysOf(revoked)).toEqual(['new', 'one', 'two']);
    for (const { key, record } of recordsOf(revoked)) {
      expect(pick(record, { of: '' })).toEqual(key === 'new' ? null : { of: key });
    }
    expect((await users.list(ADA)).entries).toEqual([]);
    expect(keysIn(await users.list(BOB))).toEqual(['bobs']);
    expect(await users.add(BOB, entry('more', { entry: 'of-bobs', from: 'bobs' }))).toBe(true);
  });

  testIndex('revoke leaves the entry that another user has of the same session', async ({ users }) => {
    for (const user of [ADA, BOB]) await users.add(user, entry('one'));
    await users.revoke(ADA);
    expect(namesOf((await users.list(BOB)).entries)).toEqual(['of-one']);
  });

  testIndex('revoke revokes nothing for a user without sessions', async ({ users }) => {
    expect(await users.revoke(NOBODY)).toEqual([]);
    expect(await users.revoke(NOBODY, { only: ['of-one'] })).toEqual([]);
  });

  testIndex('revoke with only revokes those, and ignores names that are not there', async ({ users }) => {
    for (const key of FIVE) await users.add(ADA, entry(key));
    expect(await users.revoke(ADA, { only: [], except: [] })).toEqual([]);
    expect(await users.revoke(ADA, { only: ['unknown'], except: [] })).toEqual([]);
    const revoked = await users.revoke(ADA, { only: ['of-b', 'unknown', 'of-d', 'of-b'], except: [] });
    expect(namesOf(revoked).sort()).toEqual(['of-b', 'of-d']);
    expect(keysIn(await users.list(ADA))).toEqual(['a', 'c', 'e']);
  });

  testIndex('revoke with except revokes all but those', async ({ users }) => {
    for (const key of FIVE) await users.add(ADA, entry(key));
    const revoked = await users.revoke(ADA, { except: ['of-b', 'unknown', 'of-d'] });
    expect(namesOf(revoked).sort()).toEqual(['of-a', 'of-c', 'of-e']);
    expect(keysIn(await users.list(ADA))).toEqual(['b', 'd']);
  });

  testIndex('revoke revokes limit entries, and fewer only if there are no more', async ({ users }) => {
    for (const [at, key] of FIVE.entries()) await users.add(ADA, entry(key, { until: UNTIL + at }));
    for (const except of [
      ['of-a', 'of-b'],
      ['of-d', 'of-e'],
    ]) {
      const revoked = await users.revoke(ADA, { limit: 1, except });
      expect(revoked.length).toBe(1);
      expect(except.includes(revoked[0]?.entry ?? '')).toBe(false);
    }
    expect((await users.revoke(ADA, { limit: 3, except: ['of-a'] })).length).toBe(3);
    expect((await users.revoke(ADA, { limit: 2, only: FIVE.map((key) => `of-${key}`) })).length).toBe(2);
  });
}

/** Tests what becomes of an entry that is revoked. */
function testRevoked({ expect, testIndex }: StoreSuite): void {
  testIndex('add refuses and changes nothing if the entry is revoked', async ({ users }) => {
    await users.add(ADA, entry('one'));
    await users.revoke(ADA);
    for (const refused of [
      entry('one'),
      entry('new', { entry: 'of-one' }),
      entry('one', { from: 'one' }),
      entry('new', { entry: 'of-one', from: 'one' }),
    ]) {
      expect(await users.add(ADA, refused)).toBe(false);
    }
    expect((await users.list(ADA)).entries).toEqual([]);
    expect(keysOf(await users.revoke(ADA))).toEqual(['one']);
  });

  testIndex('revoke gives revoked entries again until their keys are removed', async ({ users }) => {
    await users.add(ADA, entry('old'));
    await users.add(ADA, entry('new', { entry: 'of-old', from: 'old' }));
    expect(keysOf(await users.revoke(ADA))).toEqual(['new', 'old']);
    expect(keysOf(await users.revoke(ADA, { only: ['of-old'] }))).toEqual(['new', 'old']);
    expect(await users.revoke(ADA, { except: ['of-old'] })).toEqual([]);
    await users.remove(ADA, [{ entry: 'of-old', key: 'old' }]);
    expect(await users.add(ADA, entry('newer', { entry: 'of-old', from: 'new' }))).toBe(false);
    expect(keysOf(await users.revoke(ADA))).toEqual(['new']);
    await users.remove(ADA, [{ entry: 'of-old', key: 'new' }]);
    expect(await users.revoke(ADA)).toEqual([]);
  });

  testIndex('revoke gives entries that an earlier call revoked before others', async ({ users }) => {
    for (const [at, key] of FIVE.entries()) await users.add(ADA, entry(key, { until: UNTIL + at }));
    const only = FIVE.map((key) => `of-${key}`);
    for (const earlier of ['of-c', 'of-a', 'of-e']) {
      await users.revoke(ADA, { only: [earlier] });
      for (const choice of [{}, { only }]) {
        const [first] = await users.revoke(ADA, { limit: 1, ...choice });
        expect(first?.entry).toBe(earlier);
      }
      await users.remove(ADA, [{ entry: earlier, key: earlier.slice(3) }]);
    }
    expect(keysIn(await users.list(ADA))).toEqual(['b', 'd']);
  });

  testIndex(
    'add adds an entry again that was revoked and removed, unless from is given',
    async ({ users }) => {
      await users.add(ADA, entry('one'));
      await users.revoke(ADA);
      await users.remove(ADA, [entry('one')]);
      expect(await users.add(ADA, entry('one', { from: 'one' }))).toBe(false);
      expect(await users.add(ADA, entry('new', { entry: 'of-one', from: 'one' }))).toBe(false);
      expect(await users.add(ADA, entry('one'))).toBe(true);
      expect(keysIn(await users.list(ADA))).toEqual(['one']);
    },
  );
}

/** Tests that `revoke` is one atomic step: each `add` is wholly before it or wholly after it. */
function testConcurrentRevocation({ expect, testIndex }: StoreSuite): void {
  testIndex(`revoke misses none of ${AT_ONCE.length} sessions that move on meanwhile`, async ({ users }) => {
    for (const n of AT_ONCE) await users.add(ADA, entry(`old-${n}`));
    const move = async (n: number) => ({
      key: `new-${n}`,
      isAdded: await users.add(ADA, entry(`new-${n}`, { entry: `of-old-${n}`, from: `old-${n}` })),
    });
    const before = AT_ONCE.slice(0, 25).map(move);
    const revoking = users.revoke(ADA);
    const moves = await Promise.all([...before, ...AT_ONCE.slice(25).map(move)]);
    const revoked = await revoking;
    const added = moves.filter(({ isAdded }) => isAdded).map(({ key }) => key);
    expect(keysOf(revoked)).toEqual([...AT_ONCE.map((n) => `old-${n}`), ...added].sort());
    expect((await users.list(ADA)).entries).toEqual([]);
  });

  testIndex(
    `revoke gives each of ${AT_ONCE.length} entries that are added meanwhile, or list does afterwards`,
    async ({ users }) => {
      const before = AT_ONCE.slice(0, 25).map((n) => users.add(ADA, entry(`id-${n}`)));
      const revoking = users.revoke(ADA);
      const after = AT_ONCE.slice(25).map((n) => users.add(ADA, entry(`id-${n}`)));
      expect(await Promise.all([...before, ...after])).toEqual(AT_ONCE.map(() => true));
      const found = [...keysOf(await revoking), ...keysIn(await users.list(ADA))];
      expect(found.sort()).toEqual(AT_ONCE.map((n) => `id-${n}`).sort());
    },
  );

  testIndex(
    `two of ${AT_ONCE.length} calls of revoke at once give no different entries`,
    async ({ users }) => {
      for (const key of FIVE) await users.add(ADA, entry(key));
      const results = await Promise.all(AT_ONCE.map(() => users.revoke(ADA, { limit: 2 })));
      const names = results.map((revoked) => namesOf(revoked).sort().join());
      expect(new Set(names).size).toBe(1);
      expect((await users.list(ADA)).entries.length).toBe(3);
    },
  );
}
