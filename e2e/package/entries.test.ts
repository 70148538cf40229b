import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { importsOf } from './imports.js';
import { PackedPackage } from './packed-package.js';
import { read, readManifest } from './repository.js';

const packed = new PackedPackage();
afterAll(() => packed.remove());

/** They load nowhere but in their runners, where e2e/runners has them. */
const ofRunners = ['./testing/vitest', './testing/jest'];

const entries = Object.keys(readManifest().exports)
  .filter((entry) => entry !== './package.json' && !ofRunners.includes(entry))
  .map((entry) => posix.join('next-app-session', entry));

const EDGE = '--conditions=edge-light';
/** What bundlers set for the browser. The second tells them from Jest and Vitest, which run in Node. */
const BROWSER = ['--conditions=browser', '--conditions=module'];
/** Those that a session module imports. */
const onServersOnly = ['next-app-session', 'next-app-session/redis', 'next-app-session/sql'];

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

test.each(['module', 'commonjs'] as const)(
  'testing/jest says what to do where there is no expect that it could add matchers to (%s)',
  (kind) => {
    expect(() => shape('next-app-session/testing/jest', kind)).toThrow(
      /found no `expect`[\s\S]+setupFilesAfterEnv[\s\S]+expect\.extend\(sessionMatchers\)/,
    );
  },
);

describe('on the Edge runtime', () => {
  describe.each(['module', 'commonjs'] as const)('the %s build', (kind) => {
    test.each([...onServersOnly, 'next-app-session/studio'])('of %s exports the same names', (entry) => {
      expect(shape(entry, kind, EDGE)).toEqual(shape(entry, kind));
    });
  });

  const ofEdge = ['src/edge', 'src/redis-edge', 'src/sql-edge', 'studio/edge'].flatMap((file) => [
    `esm/${file}`,
    `cjs/${file}`,
  ]);
  test.each(ofEdge)('%s loads nothing of Node', (file) => {
    const packages = packagesBehind(`dist/${file}.js`);
    expect(packages.filter((name) => isBuiltin(name) || name === 'cookie-signature')).toEqual([]);
  });

  test('Node’s build is seen to load some, so the test above can fail', () => {
    expect(packagesBehind('dist/esm/src/index.js')).toContain('cookie-signature');
  });
});

describe('in a browser', () => {
  const MESSAGE =
    /Cannot find module '.*\/A Client Component imports your session module, .* getInitialProps/;

  test.each(onServersOnly)('%s is not there, and says why', (entry) => {
    expect(() => shape(entry, 'module', ...BROWSER)).toThrow(MESSAGE);
  });

  test.each(onServersOnly)('no name of %s is missing, which bundlers would complain of instead', (entry) => {
    const names = read('dist/esm/src/browser.js').match(/(?<= as )\w+/g);
    expect(Object.keys(shape(entry, 'module')).filter((name) => !names?.includes(name))).toEqual([]);
  });

  test.each(entries.filter((entry) => !onServersOnly.includes(entry)))('%s is as it is', (entry) => {
    expect(shape(entry, 'module', ...BROWSER)).toEqual(shape(entry, 'module'));
  });

  test('tests that ask for a browser alone, as Jest’s jsdom does, get the real entries', () => {
    for (const entry of onServersOnly) {
      for (const kind of ['module', 'commonjs'] as const) {
        expect(shape(entry, kind, '--conditions=browser')).toEqual(shape(entry, kind));
      }
    }
  });

  test('the types are the same', () => {
    const code = `
      import nextAppSession, { type Options } from 'next-app-session';
      import { RedisStore } from 'next-app-session/redis';
      import { SqlStore } from 'next-app-session/sql';
      declare const client: never;
      export const stores = [new RedisStore({ client }), new SqlStore({ client, table: 'sessions' })];
      const options: Options<{ n: number }> = { store: () => new SqlStore({ client }) };
      export const n: Promise<number | null> = nextAppSession<{ n: number }>(options)().get('n');`;
    const conditions = ['--customConditions', 'browser,module'];
    expect(packed.compile(code, ...conditions)).toBe('');
    expect(packed.compile(code.replace('number | null', 'string'), ...conditions)).toContain('TS2322');
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
