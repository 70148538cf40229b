import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, localTarget, withoutExtension } from './imports.js';
import { layers, packageOwners } from './layers.js';
import { listFiles, read } from './repository.js';

const MAX_LINES = 250;
const MAX_TEST_LINES = 500;

const code = listFiles().filter((file) => /\.[cm]?[jt]sx?$/.test(file));
const isTest = (file: string) => /\.(test|test-d)\.|\.spec\.|\/test-kits\//.test(file);
const inFolder = (...folders: string[]) =>
  code.filter((file) => folders.some((folder) => file.startsWith(`${folder}/`)));

const library = inFolder('src', 'studio', 'testing').filter((file) => !isTest(file));
const sources = library.filter((file) => file.startsWith('src/'));
const moduleName = (file: string) => posix.relative('src', withoutExtension(file));

describe('folders are layers', () => {
  test('every folder is in one layer, and every layer’s folders are there', () => {
    const folders = [...new Set(library.map((file) => posix.dirname(file)))];
    expect(layers.flat().toSorted()).toEqual(folders.toSorted());
  });

  test.each(library.map((file) => [file]))('%s imports only from its folder and the layers below', (file) => {
    const from = layerOf(file);
    const forbidden = targetsOf(file).filter(
      (target) => posix.dirname(target) !== posix.dirname(file) && layerOf(target) <= from,
    );
    expect(forbidden).toEqual([]);
  });

  test('there is no circle of files, types included', () => {
    expect(circles(new Map(library.map((file) => [withoutExtension(file), targetsOf(file)])))).toEqual([]);
  });

  test('a circle is found', () => {
    const imports = { a: ['b'], b: ['c', 'd'], c: ['a'], d: [] };
    expect(circles(new Map(Object.entries(imports)))).toEqual(['a → b → c → a']);
  });
});

describe('src', () => {
  test.each(Object.entries(packageOwners))('%s is imported by %j alone', (specifier, owners) => {
    const importers = sources.filter((file) => specifiersOf(file).includes(specifier));
    expect(importers.map(moduleName).toSorted()).toEqual(owners.toSorted());
  });

  test.each(sources.map((file) => [file]))('%s imports only packages that it owns', (file) => {
    const packages = specifiersOf(file).filter((specifier) => localTarget(file, specifier) === undefined);
    const foreign = packages.filter((name) => !packageOwners[name]?.includes(moduleName(file)));
    expect(foreign).toEqual([]);
  });

  test.each(['next/headers.js', '@opentelemetry/api'])('%s has one owner at most', (specifier) => {
    expect((packageOwners[specifier] ?? []).length).toBeLessThanOrEqual(1);
  });

  test('imports nothing of the studio', () => {
    expect(inFolder('src', 'testing').filter((file) => reachesInto(file, 'studio'))).toEqual([]);
  });

  test('imports nothing of testing, except in the one test kit that enters Next’s scope as the tester does', () => {
    const importers = inFolder('src').filter((file) => reachesInto(file, 'testing'));
    expect(importers).toEqual(['src/test-kits/next-scope.ts']);
  });
});

test('the studio imports nothing of testing, except the contract of stores, in one test', () => {
  const importers = inFolder('studio').filter((file) => reachesInto(file, 'testing'));
  expect(importers).toEqual(['studio/faults/watched-store.test.ts']);
});

test('the page of the studio imports nothing of its server: a browser runs it', () => {
  const folders = inFolder('studio/page').flatMap((file) =>
    targetsOf(file).map((target) => posix.dirname(target)),
  );
  const foreign = folders.filter((folder) => !['studio/page', 'studio/seen', 'src/events'].includes(folder));
  expect(folders).toContain('studio/seen');
  expect(foreign).toEqual([]);
});

test('testing takes nothing of Playwright but types: an app has one copy, its own', () => {
  const importers = inFolder('testing')
    .filter((file) => !isTest(file))
    .flatMap((file) => importsOf(file, read(file)).map((found) => ({ file, ...found })))
    .filter(({ specifier }) => /^@?playwright/.test(specifier));
  expect(importers.length).toBeGreaterThan(0);
  expect(importers.filter(({ typeOnly }) => !typeOnly)).toEqual([]);
});

test('src, studio and testing import nothing of example, e2e and bench', () => {
  const importers = inFolder('src', 'studio', 'testing').filter((file) =>
    ['example', 'e2e', 'bench'].some((folder) => reachesInto(file, folder)),
  );
  expect(importers).toEqual([]);
});

test('example, e2e and bench import the package by its name', () => {
  const importers = inFolder('example', 'e2e', 'bench').filter((file) =>
    ['src', 'studio', 'testing', 'dist'].some((folder) => reachesInto(file, folder)),
  );
  expect(importers).toEqual([]);
});

test(`no file has more than ${MAX_LINES} lines, no test more than ${MAX_TEST_LINES}`, () => {
  const tooLong = code
    .map((file) => ({ file, lines: read(file).trimEnd().split('\n').length }))
    .filter(({ file, lines }) => lines > (isTest(file) ? MAX_TEST_LINES : MAX_LINES));
  expect(tooLong).toEqual([]);
});

/** The number of a file's layer, from the top. */
function layerOf(file: string): number {
  return layers.findIndex((row) => row.includes(posix.dirname(file)));
}

/** The files of the library that a file imports, without extension. */
function targetsOf(file: string): string[] {
  return specifiersOf(file).flatMap((specifier) => localTarget(file, specifier) ?? []);
}

/** Each circle of imports, as text: found where a walk comes back to a file that it is still in. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file)) return;
    done.add(file);
    for (const target of imports.get(file) ?? []) walk(target, [...path, file]);
  };
  for (const file of imports.keys()) walk(file, []);
  return found;
}

function specifiersOf(file: string): string[] {
  return importsOf(file, read(file)).map(({ specifier }) => specifier);
}

/** Whether a file imports from a top-level folder by a relative path. */
function reachesInto(file: string, folder: string): boolean {
  return specifiersOf(file).some((specifier) => localTarget(file, specifier)?.startsWith(`${folder}/`));
}
