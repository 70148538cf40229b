import { expect, test } from 'vitest';
import { brokenLinks, HOME } from './links.js';
import { listFiles, read } from './repository.js';

const files = listFiles();
const pages = files.filter((file) => /\.md$|\/llms\.txt$/.test(file) && !file.startsWith('e2e/'));

test.each(pages)('every link of %s leads to a file or a heading that is there', (page) => {
  expect(brokenLinks(page, read(page), files)).toEqual([]);
});

test('every warning of the library leads to a heading of the docs', () => {
  const sources = files.filter((file) => /^(src|testing)\/.*(?<!\.test)\.ts$/.test(file));
  const guides = sources.flatMap((file) => read(file).match(/(?<=')[\w-]+\.md#[\w-]+(?=')/g) ?? []);
  expect(guides.length).toBeGreaterThan(12);
  const links = guides.map((guide) => `[guide](${guide})`).join(' ');
  expect(brokenLinks('docs/warnings.md', links, files)).toEqual([]);
});

test('a link that leads nowhere is found', () => {
  const text = `# One\n\n[a](#one) [b](#two) [c](docs/none.md) [d](docs/errors.md#err_session_key) [e](docs/errors.md#none)
[f](${HOME}/blob/main/bench/README.md) [g](${HOME}/tree/main/none) [h](https://example.com/none)`;
  expect(brokenLinks('README.md', text, files)).toEqual([
    '#two',
    'docs/none.md',
    'docs/errors.md#none',
    `${HOME}/tree/main/none`,
  ]);
});

test('a second heading of one name has an anchor of its own', () => {
  expect(brokenLinks('page.md', '# A\n\n# A\n\n[b](#a-1) [c](#a-2)', ['page.md'])).toEqual(['#a-2']);
});
