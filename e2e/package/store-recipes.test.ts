import { expect, test } from 'vitest';
import { docBlocks } from './doc-blocks.js';
import { importsOf } from './imports.js';
import { read } from './repository.js';

const blocks = docBlocks(read('docs/stores.md'));

/** Where the recipes run. */
const tested = JSON.parse(read('e2e/versions/next-16-stores/package.json')).dependencies;

/** The packages of the install lines, with the majors that they ask for. */
const installed = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ code }) => code.split('\n').filter((line) => line.startsWith('npm install ')))
  .flatMap((line) => line.split(' ').slice(2))
  .filter((word) => !word.startsWith('--'));

test('the install lines of docs/stores.md name the majors that the recipes run with', () => {
  expect(installed.length).toBeGreaterThan(10);
  const untested = installed.filter((line) => {
    const [, name = '', major = ''] = /^(.+)@(\d+)$/.exec(line) ?? [];
    return !major || !tested[name]?.startsWith(`${major}.`);
  });
  expect(untested).toEqual([]);
});

test('each package that a recipe imports is in an install line', () => {
  const recipes = blocks.filter(({ file }) => file?.startsWith('lib/'));
  const imported = recipes.flatMap(({ file = '', code }) =>
    importsOf(file, code).map(({ specifier }) => specifier),
  );
  const names = [...new Set(imported)].filter((name) => !/^(\.|node:|next-app-session)/.test(name));
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !installed.some((line) => line.startsWith(`${name}@`)))).toEqual([]);
});

test('each recipe for express-session gives its store a name', () => {
  const wrapped = blocks.filter(({ file, code }) => file && code.includes('promisifyStore('));
  expect(wrapped.length).toBeGreaterThan(5);
  expect(wrapped.filter(({ code }) => !/\{ name: '[\w-]+'/.test(code)).map(({ file }) => file)).toEqual([]);
});
