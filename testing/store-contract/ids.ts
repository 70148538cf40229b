import type { StoreContract } from './contract-types.js';
import { recordOf } from './records.js';
import type { StoreSuite, Subject } from './suite.js';

/** What a session ID is made of. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:-';

/** Pairs that are one to a store that takes an ID for something else. */
const PAIRS: Record<string, [string, string]> = {
  'letters of the other case': ['AbC', 'aBc'],
  'a dot, which matches any letter in a regular expression': ['a.b', 'axb'],
  'an underscore, which matches any letter in SQL LIKE': ['a_b', 'axb'],
  'a colon, which separates parts of a key': ['a:b', 'a'],
  'a beginning of the other': ['abc', 'abcd'],
  'digits that are one number': ['1', '01'],
  'an inherited name': ['constructor', 'toString'],
  'a dash in front, as an option has': ['--all', 'all'],
};

/** How long the hash of an ID is. */
const HASH_LENGTH = 43;

/** Returns the lengths of IDs that a store may cut: that of a hash, and the longest there is. */
export function longLengths({ maxIdLength = 256 }: StoreContract): number[] {
  return [...new Set([Math.min(HASH_LENGTH, maxIdLength), maxIdLength])];
}

/** Asks that any session ID is plain text, and that no ID touches the record of another. */
export function testIds({ describe, contract, test }: StoreSuite): void {
  describe('IDs', () => {
    test('of every letter there is', async ({ store, holds }) => {
      for (const letter of ALPHABET) await store.set(letter, recordOf({ letter }));
      for (const letter of ALPHABET) await holds(letter, { letter });
    });

    for (const [name, [one, other]] of Object.entries(PAIRS)) {
      test(`that differ by ${name}`, (subject) => keepsApart(subject, one, other));
    }

    for (const length of longLengths(contract)) {
      const start = 'x'.repeat(length - 1);
      test(`of ${length} letters that differ in the last`, (subject) =>
        keepsApart(subject, `${start}a`, `${start}b`));
      test(`of ${length} letters that differ in the case of the last`, (subject) =>
        keepsApart(subject, `${start}a`, `${start}A`));
    }
  });

  describe('missing records', () => {
    test('are null or undefined', ({ holds }) => holds('missing', null));

    test('can be destroyed: nothing happens', async ({ store, holds }) => {
      await store.destroy('missing');
      await holds('missing', null);
    });

    test('are missing after they were destroyed, once or twice', async ({ store, holds }) => {
      await store.set('id', recordOf({ n: 1 }));
      await store.destroy('id');
      await holds('id', null);
      await store.destroy('id');
      await holds('id', null);
    });
  });

  describe('two stores', () => {
    test('see nothing of each other', async ({ store, another, holds }) => {
      const other = await another();
      await other.set('id', recordOf({ of: 'other' }));
      await holds('id', null);
      await store.set('id', recordOf({ of: 'one' }));
      await other.destroy('id');
      await holds('id', { of: 'one' });
    });
  });
}

async function keepsApart({ store, holds }: Subject, one: string, other: string): Promise<void> {
  await holds(one, null);
  await store.set(one, recordOf({ is: one }));
  await holds(other, null);
  await store.set(other, recordOf({ is: other }));
  await holds(one, { is: one });
  await store.destroy(other);
  await holds(one, { is: one });
  await holds(other, null);
  await store.set(other, recordOf({ is: other }));
  await store.destroy(one);
  await holds(other, { is: other });
}
