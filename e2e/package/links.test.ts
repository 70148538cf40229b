import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles, read } from './repository.js';

const files = listFiles();
const pages = files.filter((file) => file.endsWith('.md') && !file.startsWith('e2e/'));

test.each(pages)('every link of %s leads to a file or a heading that is there', (page) => {
  expect(brokenLinks(page, read(page))).toEqual([]);
});

test('a link that leads nowhere is found', () => {
  const text =
    '# One\n\n[a](#one) [b](#two) [c](docs/none.md) [d](docs/errors.md#err_session_key) [e](docs/errors.md#none)';
  expect(brokenLinks('README.md', text)).toEqual(['#two', 'docs/none.md', 'docs/errors.md#none']);
});

function brokenLinks(page: string, text: string): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => !/^https?:/.test(link) && !resolves(page, text, link));
}

function resolves(page: string, text: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path ? posix.join(posix.dirname(page), path) : page;
  if (!files.some((file) => file === target || file.startsWith(`${target}/`))) return false;
  return anchor === undefined || anchorsOf(path ? read(target) : text).includes(anchor);
}

/** Returns the anchors of the headings, as GitHub makes them: lower case, without punctuation, with hyphens for spaces. */
function anchorsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutCode(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
}
