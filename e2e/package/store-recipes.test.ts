import { describe, expect, test } from 'vitest';
import { type DocBlock, docBlocks } from './doc-blocks.js';
import { importsOf } from './imports.js';
import { read } from './repository.js';

/** The pages with recipes, and where these run. */
const PAGES = [
  ['docs/stores.md', 'e2e/versions/next-16-stores'],
  ['docs/sql.md', 'e2e/stores/sql-clients'],
  ['docs/sql-clients.md', 'e2e/stores/sql-clients'],
] as const;

describe.each(PAGES)('the install lines of %s', (page, folder) => {
  const blocks = docBlocks(read(page));
  const installed = installedBy(blocks);

  test('name the majors that the recipes run with', () => {
    const tested = JSON.parse(read(`${folder}/package.json`)).dependencies;
    expect(installed.length).toBeGreaterThan(7);
    const untested = installed.filter((line) => {
      const [, name = '', major = ''] = /^(.+)@([\d.]+)$/.exec(line) ?? [];
      return !major || !tested[name]?.startsWith(`${major}.`);
    });
    expect(untested).toEqual([]);
  });

  test('have each package that a recipe imports', () => {
    const recipes = blocks.filter(({ file }) => file?.startsWith('lib/'));
    const imported = recipes.flatMap(({ file = '', code }) =>
      importsOf(file, code).map(({ specifier }) => packageOf(specifier)),
    );
    const names = [...new Set(imported)].filter((name) => !/^(\.|@$|node:|next-app-session)/.test(name));
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !installed.some((line) => line.startsWith(`${name}@`)))).toEqual([]);
  });
});

test('each recipe for express-session gives its store a name', () => {
  const blocks = docBlocks(read('docs/stores.md'));
  const wrapped = blocks.filter(({ file, code }) => file && code.includes('promisifyStore('));
  expect(wrapped.length).toBeGreaterThan(5);
  expect(wrapped.filter(({ code }) => !/\{ name: '[\w-]+'/.test(code)).map(({ file }) => file)).toEqual([]);
});

/** Returns the packages of the install lines, with the majors that they ask for. */
function installedBy(blocks: readonly DocBlock[]): string[] {
  return blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.split('\n').filter((line) => line.startsWith('npm install ')))
    .flatMap((line) => line.split(' ').slice(2))
    .filter((word) => !word.startsWith('--'));
}

/** Returns the package of a path in it: `mysql2` of `mysql2/promise`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
