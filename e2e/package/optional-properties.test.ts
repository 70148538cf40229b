import { expect, test } from 'vitest';
import { read } from './repository.js';

const ENTRIES = [
  'src/index.ts',
  'src/redis.ts',
  'src/sql.ts',
  'studio/index.ts',
  'testing/index.ts',
  'testing/playwright.ts',
];

/** The kinds of types whose values users give. */
const GIVEN = /(Options|Settings|Request|Choice|Contract|Duration|Serializer)$|^Store$/;

test('every public type of options is held to accept undefined', () => {
  const names = ENTRIES.flatMap((entry) => read(entry).match(/\b[A-Z]\w+\b/g) ?? []);
  const given = [...new Set(names)].filter((name) => GIVEN.test(name));
  expect(given).toContain('Options');
  const held = read('e2e/package/optional-properties.test-d.ts');
  expect(given.filter((name) => !held.includes(`  ${name}: `))).toEqual([]);
});
