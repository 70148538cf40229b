import { expect, test } from 'vitest';
import { docBlocks } from './doc-blocks.js';
import { listFiles, read } from './repository.js';

// docs/llms.txt, in the form that https://llmstxt.org describes. docs.test.ts compiles and runs what it shows, and
// links.test.ts follows its links.

const text = read('docs/llms.txt');
const withoutCode = text.replaceAll(/^```[\s\S]*?^```$/gm, '');
const [head = '', ...lists] = withoutCode.split(/^## .*\n/m);

test('begins with the name and a summary, and has no other heading before the lists of files', () => {
  expect(head).toMatch(/^# next-app-session\n\n(> .+\n)+\n/);
  expect(head.match(/^#/gm)).toHaveLength(1);
});

test('ends with lists of links and nothing else', () => {
  const others = lists
    .flatMap((list) => list.trim().split('\n'))
    .filter((line) => !/^- \[[^\]]+\]\([^)]+\): .+/.test(line));
  expect(lists.length).toBeGreaterThan(1);
  expect(others).toEqual([]);
});

test('lists every page of docs', () => {
  const pages = listFiles().filter((file) => /^docs\/.+\.md$/.test(file));
  const listed = lists.flatMap((list) =>
    [...list.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => `docs/${link}`),
  );
  expect(listed.filter((file) => !file.includes('..')).toSorted()).toEqual(pages.toSorted());
});

test('has ten tasks, in their order', () => {
  const numbers = [...head.matchAll(/\btask (\d+),/g)].map(([, number]) => Number(number));
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('connects to Redis as the README does, whose app is built and served with it', () => {
  const inReadme = docBlocks(read('README.md')).find(({ file }) => file === 'lib/redis-store.ts');
  const here = docBlocks(text).find(({ file }) => file === 'lib/redis-store.ts');
  expect(here?.code).toBe(inReadme?.code);
});
