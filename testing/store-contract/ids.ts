import type { StoreContract } from './contract-types.js';
import { recordOf } from './records.js';
import type { StoreSuite, Subject } from './suite.js';

/** Every letter that a session ID may have. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:-';

/** Pairs of IDs that a store confuses if it reads an ID as a pattern, a path or a number. */
const PAIRS: Record<string, [string, string]> = {
  'upper and lower case': ['AbC', 'aBc'],
  'a dot, which matches any letter in a regular expression': ['a.b', 'axb'],
  'an underscore, which matches any letter in SQL LIKE': ['a_b', 'axb'],
  'a colon, which separates parts of a key': ['a:b', 'a'],
  'one more letter at the end': ['abc', 'abcd'],
  'a zero in front of a number': ['1', '01'],
  'names that every object inherits': ['constructor', 'toString'],
  'dashes in front, as command-line options have': ['--all', 'all'],
};

/** The length of a hashed ID, in letters. */
const HASH_LENGTH = 43;

/** Returns the lengths at which a store may cut IDs: that of a hash, and the longest one allowed. */
export function longLengths({ maxIdLength = 256 }: StoreContract): number[] {
  return [...new Set([Math.min(HASH_LENGTH, maxIdLength), maxIdLength])];
}

/** Tests that a store takes every session ID as plain text, and never confuses two IDs. */
export function testIds({ describe, contract, test }: StoreSuite): void {
  describe('IDs', () => {
    test('takes every allowed letter as an ID', async ({ store, holds }) => {
      for (const letter of ALPHABET) await store.set(letter, recordOf({ letter }));
      for (const letter of ALPHABET) await holds(letter, { letter });
    });

    for (const [name, [one, other]] of Object.entries(PAIRS)) {
      test(`tells apart two IDs that differ by ${name}`, (subject) => keepsApart(subject, one, other));
    }

    for (const length of longLengths(contract)) {
      const start = 'x'.repeat(length - 1);
      test(`tells apart IDs of ${length} letters by the last letter`, (subject) =>
        keepsApart(subject, `${start}a`, `${start}b`));
      test(`tells apart IDs of ${length} letters by the case of the last letter`, (subject) =>
        keepsApart(subject, `${start}a`, `${start}A`));
    }
  });

  describe('missing records', () => {
    test('get gives null or undefined', ({ holds }) => holds('missing', null));

    test('destroy does nothing', async ({ store, holds }) => {
      await store.destroy('missing');
      await holds('missing', null);
    });

    test('get gives null after destroy, and after a second destroy', async ({ store, holds }) => {
      await store.set('id', recordOf({ n: 1 }));
      await store.destroy('id');
      await holds('id', null);
      await store.destroy('id');
      await holds('id', null);
    });
  });

  describe('two stores', () => {
    test('share no records', async ({ store, another, holds }) => {
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
