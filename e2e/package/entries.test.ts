import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { importsOf } from './imports.js';
import { PackedPackage } from './packed-package.js';
import { read, readManifest } from './repository.js';

const packed = new PackedPackage();
afterAll(() => packed.remove());

/** Loads nowhere but in its runner, where runners.test.ts has it. */
const RUNNER = './testing/vitest';

const entries = Object.keys(readManifest().exports)
  .filter((entry) => entry !== './package.json' && entry !== RUNNER)
  .map((entry) => posix.join('next-app-session', entry));

const EDGE = '--conditions=edge-light';

/** The exported names and what they are, as an app in plain Node sees them. */
function shape(entry: string, kind: 'module' | 'commonjs', ...nodeOptions: string[]): object {
  const load = kind === 'module' ? `await import('${entry}')` : `require('${entry}')`;
  const print = `
    const names = Object.keys(loaded).filter((name) => name !== '__esModule').sort();
    console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, typeof loaded[name]]))));`;
  return JSON.parse(packed.run(kind, `const loaded = ${load};${print}`, ...nodeOptions));
}

describe.each(entries)('%s', (entry) => {
  test('exports what it always did', () => {
    expect(shape(entry, 'module')).toMatchSnapshot();
  });

  test('exports the same as CommonJS', () => {
    expect(shape(entry, 'commonjs')).toEqual(shape(entry, 'module'));
  });
});

describe('on the Edge runtime', () => {
  test.each(['module', 'commonjs'] as const)('the %s build exports the same names', (kind) => {
    expect(shape('next-app-session', kind, EDGE)).toEqual(shape('next-app-session', kind));
  });

  test.each(['esm', 'cjs'])('the %s build loads nothing of Node', (folder) => {
    const packages = packagesBehind(`dist/${folder}/src/edge.js`);
    expect(packages.filter((name) => isBuiltin(name) || name === 'cookie-signature')).toEqual([]);
  });

  test('Node’s build is seen to load some, so the test above can fail', () => {
    expect(packagesBehind('dist/esm/src/index.js')).toContain('cookie-signature');
  });
});

/** The packages that a built file imports, itself or through the files of this package that it imports. */
function packagesBehind(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  return importsOf(file, read(file)).flatMap(({ specifier }) =>
    specifier.startsWith('.')
      ? packagesBehind(posix.join(posix.dirname(file), specifier), seen)
      : [specifier],
  );
}
