import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PackedPackage } from './packed-package.js';
import { readManifest } from './repository.js';

// The packed package on the oldest Node that it supports, without this repository's development tools, which need a later
// one. e2e/versions/runtimes.full.test.ts serves an app on it.

const oldest = /\d+\.\d+/.exec(readManifest().engines.node ?? '')?.[0];
const packed = new PackedPackage();
let node: string;

beforeAll(() => {
  const args = ['--yes', `--package=node@${oldest}.0`, '--', 'node', '-p', 'process.execPath'];
  node = execFileSync('npx', args, { cwd: tmpdir(), encoding: 'utf8' }).trim();
});
afterAll(() => packed.remove());

/** These load nowhere but in their test runners. */
const ofRunners = ['./testing/vitest', './testing/jest'];
const entries = Object.keys(readManifest().exports)
  .filter((entry) => entry !== './package.json' && !ofRunners.includes(entry))
  .map((entry) => posix.join('next-app-session', entry));

test('it is that Node', () => {
  expect(run('module', 'console.log(process.version)')).toBe(`v${oldest}.0`);
});

describe.each(['module', 'commonjs'] as const)('%s', (kind) => {
  test('every entry loads', () => {
    const load = kind === 'module' ? 'await import(entry)' : 'require(entry)';
    const code = `for (const entry of ${JSON.stringify(entries)}) console.log(entry, Object.keys(${load}).length > 0);`;
    expect(run(kind, code).split('\n')).toEqual(entries.map((entry) => `${entry} true`));
  });

  test('a session is written and read', () => {
    const [core, testing] = ['next-app-session', 'next-app-session/testing'].map((entry) =>
      kind === 'module' ? `await import('${entry}')` : `require('${entry}')`,
    );
    const code = `
      const { createSessionTester } = ${testing};
      const { default: nextAppSession } = ${core};
      const session = nextAppSession({ secret: 'a secret of more than 32 characters' });
      const t = createSessionTester(session);
      t.action(() => session().set('n', 1)).then(() => t.read()).then((data) => console.log(JSON.stringify(data)));`;
    expect(run(kind, code)).toBe('{"n":1}');
  });
});

function run(kind: 'module' | 'commonjs', code: string): string {
  const args = [`--input-type=${kind}`, '--eval', code];
  return execFileSync(node, args, { cwd: packed.app, encoding: 'utf8' }).trim();
}
