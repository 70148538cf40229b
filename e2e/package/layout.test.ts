import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Import, importsOf, localTarget, withoutExtension } from './imports.js';
import { type Layer, layers, packageOwners } from './layers.js';
import { listFiles, read } from './repository.js';

const MAX_LINES = 250;
const MAX_TEST_LINES = 500;

const code = listFiles().filter((file) => /\.[cm]?[jt]sx?$/.test(file));
const isTest = (file: string) => /\.(test|test-d)\.|\.spec\.|\/test-kits\//.test(file);
const inFolder = (...folders: string[]) =>
  code.filter((file) => folders.some((folder) => file.startsWith(`${folder}/`)));

const sources = inFolder('src').filter((file) => !isTest(file));
const moduleName = (file: string) => posix.relative('src', withoutExtension(file));

describe('src', () => {
  test('every file is in one layer, and every layer’s file is there', () => {
    const listed = Object.values(layers).flatMap(({ files }) => files);
    expect(listed.toSorted()).toEqual(sources.map(moduleName).toSorted());
  });

  test.each(sources.map((file) => [file]))('%s imports only from the layers below', (file) => {
    const forbidden = importsOf(file, read(file)).flatMap((found) => complain(file, found) ?? []);
    expect(forbidden).toEqual([]);
  });

  test.each(Object.entries(packageOwners))('%s is imported by %j alone', (specifier, owners) => {
    const importers = sources.filter((file) => specifiersOf(file).includes(specifier));
    expect(importers.map(moduleName)).toEqual(owners);
  });

  test.each(['next/headers.js', '@opentelemetry/api'])('%s has one owner at most', (specifier) => {
    expect((packageOwners[specifier] ?? []).length).toBeLessThanOrEqual(1);
  });

  test('imports nothing of testing, not even in tests', () => {
    const importers = inFolder('src').filter((file) => reachesInto(file, 'testing'));
    expect(importers).toEqual([]);
  });
});

test('testing takes nothing of Playwright but types: an app has one copy, its own', () => {
  const importers = inFolder('testing')
    .filter((file) => !isTest(file))
    .flatMap((file) => importsOf(file, read(file)).map((found) => ({ file, ...found })))
    .filter(({ specifier }) => /^@?playwright/.test(specifier));
  expect(importers.length).toBeGreaterThan(0);
  expect(importers.filter(({ typeOnly }) => !typeOnly)).toEqual([]);
});

test('src and testing import nothing of example, e2e and bench', () => {
  const importers = inFolder('src', 'testing').filter((file) =>
    ['example', 'e2e', 'bench'].some((folder) => reachesInto(file, folder)),
  );
  expect(importers).toEqual([]);
});

test('example, e2e and bench import the package by its name', () => {
  const importers = inFolder('example', 'e2e', 'bench').filter((file) =>
    ['src', 'testing', 'dist'].some((folder) => reachesInto(file, folder)),
  );
  expect(importers).toEqual([]);
});

test(`no file has more than ${MAX_LINES} lines, no test more than ${MAX_TEST_LINES}`, () => {
  const tooLong = code
    .map((file) => ({ file, lines: read(file).trimEnd().split('\n').length }))
    .filter(({ file, lines }) => lines > (isTest(file) ? MAX_TEST_LINES : MAX_LINES));
  expect(tooLong).toEqual([]);
});

/** What is wrong with an import of a source, or undefined. */
function complain(file: string, { specifier, typeOnly }: Import): string | undefined {
  const target = localTarget(file, specifier);
  if (target === undefined) return complainOfPackage(file, specifier);
  const [from, to] = [layerOf(moduleName(file)), layerOf(posix.relative('src', target))];
  if (!from || !to) return `${specifier}: a file of no layer`;
  const allowed = [...layer(from).buildsOn, ...((typeOnly && layer(from).types) || [])];
  if (allowed.includes(to)) return undefined;
  return `${specifier}: ${from} may not import ${typeOnly ? 'types' : 'values'} from ${to}`;
}

function complainOfPackage(file: string, specifier: string): string | undefined {
  const owners = packageOwners[specifier] ?? [];
  if (owners.includes(moduleName(file))) return undefined;
  return `${specifier}: only ${owners.join(' and ') || 'an owner named in layers.ts'} may import it`;
}

function layerOf(module: string): string | undefined {
  return Object.keys(layers).find((name) => layer(name).files.includes(module));
}

function layer(name: string): Layer {
  const found = layers[name];
  if (!found) throw new Error(`layers.ts names a layer that is not there: ${name}`);
  return found;
}

function specifiersOf(file: string): string[] {
  return importsOf(file, read(file)).map(({ specifier }) => specifier);
}

/** Whether a file imports from a top-level folder by a relative path. */
function reachesInto(file: string, folder: string): boolean {
  return specifiersOf(file).some((specifier) => localTarget(file, specifier)?.startsWith(`${folder}/`));
}
