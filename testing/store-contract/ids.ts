import { recordOf } from './records.js';
import type { StoreSuite } from './suite.js';

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

/** Any session ID is plain text, and no ID touches the record of another. */
export function testIds({ describe, contract, test }: StoreSuite): void {
  const { maxIdLength = 256 } = contract;

  describe('IDs', () => {
    test('of every letter there is', async ({ store, holds }) => {
      for (const letter of ALPHABET) await store.set(letter, recordOf({ letter }));
      for (const letter of ALPHABET) await holds(letter, { letter });
    });

    for (const [name, [one, other]] of Object.entries(PAIRS)) {
      test(`that differ by ${name}`, async ({ store, holds }) => {
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
      });
    }

    test(`of ${maxIdLength} letters, the longest`, async ({ store, holds }) => {
      const long = 'x'.repeat(maxIdLength - 1);
      await store.set(`${long}1`, recordOf({ is: 1 }));
      await store.set(`${long}2`, recordOf({ is: 2 }));
      await holds(`${long}1`, { is: 1 });
      await holds(`${long}2`, { is: 2 });
    });
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
