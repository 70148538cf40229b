import { expect, test } from 'vitest';
import { brokenLinks } from './links.js';
import { listFiles, read } from './repository.js';

const pages = listFiles().filter((file) => file.endsWith('.md') && !file.startsWith('e2e/'));

test.each(pages)('every link of %s leads to a file or a heading that is there', (page) => {
  expect(brokenLinks(page, read(page))).toEqual([]);
});

test('a link that leads nowhere is found', () => {
  const text =
    '# One\n\n[a](#one) [b](#two) [c](docs/none.md) [d](docs/errors.md#err_session_key) [e](docs/errors.md#none)';
  expect(brokenLinks('README.md', text)).toEqual(['#two', 'docs/none.md', 'docs/errors.md#none']);
});
