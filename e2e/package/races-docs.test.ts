import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { DocApp } from './doc-app.js';
import { docBlocks } from './doc-blocks.js';
import { read } from './repository.js';

// docs/races.md shows one file with a race, a test that finds it, and further down that file corrected.

const page = read('docs/races.md');
const blocks = docBlocks(page);
const corrected = blocks.findIndex(
  ({ file }, at) => file && blocks.slice(0, at).some((b) => b.file === file),
);
const withRace = blocks.findIndex(({ file }) => file === blocks[corrected]?.file);
const message = blocks.find(({ language }) => language === 'text')?.code ?? '';
const inOneLine = (text: string) => stripVTControlCharacters(text).replaceAll(/\s+/g, ' ').trim();

test('the app with the race compiles, and its test prints the message of the page', () => {
  const app = new DocApp('races-with-bug', blocks.slice(0, corrected));
  expect(app.compile()).toBe('');
  const output = inOneLine(app.test());
  expect(output).toContain('Tests 1 failed (1)');
  expect(output).toContain(inOneLine(message));
});

test('the option replay of the page is that of the message', () => {
  const orders = [...page.matchAll(/replay: '([a-z ]+)'/g)].map(([, order]) => order);
  expect(orders).toEqual([orders[0], orders[0]]);
});

test('with the corrected file, all code of the page compiles, and its tests pass', () => {
  const app = new DocApp('races', blocks.toSpliced(withRace, 1));
  expect(app.compile()).toBe('');
  expect(app.test()).toBe('');
});
