import { longLengths } from './ids.js';
import { pick, recordOf } from './records.js';
import type { StoreSuite } from './suite.js';
import { ADA, BOB, entry, keysIn, namesOf, recordsOf, UPPER_ADA } from './user-entries.js';

/** Tests that the store compares every letter of users, names and keys, with its case. */
export function testUserNames({ expect, contract, testIndex }: StoreSuite): void {
  testIndex(
    'tells apart users by the last letter of their keys, and by its case',
    async ({ store, users }) => {
      const sessions = { [ADA]: 'one', [BOB]: 'two', [UPPER_ADA]: 'three' };
      for (const [user, key] of Object.entries(sessions)) {
        await users.add(user, entry(key));
        await store.set(key, recordOf({}));
      }
      for (const [user, key] of Object.entries(sessions))
        expect(keysIn(await users.list(user))).toEqual([key]);
      await users.remove(
        ADA,
        ['one', 'two', 'three'].map((key) => entry(key)),
      );
      expect(await users.revoke(ADA)).toEqual([]);
      expect(keysIn(await users.list(BOB))).toEqual(['two']);
      expect(keysIn(await users.list(UPPER_ADA))).toEqual(['three']);
    },
  );

  for (const length of [1, 64]) {
    const names = ['A', 'a', 'b', '-', '_', '0'].map((last) => last.padStart(length, 'x'));
    testIndex(
      `tells apart names of entries of ${length} letters by the last letter, and by its case`,
      async ({ users }) => {
        for (const name of names) await users.add(ADA, entry(`key-${name}`, { entry: name }));
        expect(namesOf((await users.list(ADA)).entries).sort()).toEqual([...names].sort());
        await users.remove(ADA, [{ entry: names[0] ?? '', key: `key-${names[0]}` }]);
        await users.revoke(ADA, { only: names.slice(1, 2) });
        expect(namesOf((await users.list(ADA)).entries).sort()).toEqual(names.slice(2).sort());
      },
    );
  }

  for (const length of longLengths(contract)) {
    testIndex(
      `tells apart session IDs of ${length} letters by the last letter, and by its case`,
      async (subject) => {
        const { store, users } = subject;
        const keys = ['A', 'a', 'b'].map((last) => 'x'.repeat(length - 1) + last);
        const [first = '', ...others] = keys;
        for (const key of keys) {
          await users.add(ADA, entry(key, { entry: 'session' }));
          await store.set(key, recordOf({ key }));
        }
        const { entries } = await users.list(ADA);
        expect(keysIn({ entries, cursor: null })).toEqual(keys);
        for (const { key, record } of recordsOf(entries)) expect(pick(record, { key })).toEqual({ key });
        await users.remove(
          ADA,
          others.map((key) => ({ entry: 'session', key })),
        );
        expect(keysIn(await users.list(ADA))).toEqual([first]);
        for (const key of others) {
          expect(await users.add(ADA, entry('new', { entry: 'session', from: key }))).toBe(false);
        }
      },
    );
  }

  testIndex('tells a key from the start, the end and a part of another one', async ({ users }) => {
    const keys = ['a.b~c', 'a', 'a.b', 'b~c', '1', '1800000000000'];
    for (const key of keys) await users.add(ADA, entry(key, { entry: 'session' }));
    for (const from of ['b', '.', 'a.b~', '80', '%w']) {
      expect(await users.add(ADA, entry('new', { entry: 'session', from }))).toBe(false);
    }
    await users.remove(ADA, [{ entry: 'session', key: 'a.b' }]);
    expect(keysIn(await users.list(ADA))).toEqual(keys.filter((key) => key !== 'a.b').sort());
  });
}
