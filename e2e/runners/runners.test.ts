import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { docBlocks } from '../package/doc-blocks.js';
import { packTarball } from '../versions/installed.js';

// The same small app and the same suite, in one folder for each runner, with the package as it is published.
// node:test runs on every version of Next: see ../versions.

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const scratch = join(tmpdir(), 'next-app-session-runners');

// The variables of this runner are not for the one that it starts.
const inherited = Object.entries(process.env).filter(
  ([name]) => !/^(VITEST|JEST|NODE_ENV|NODE_TEST|CI$)/.test(name),
);
const env = { ...Object.fromEntries(inherited), NO_COLOR: '1' } as unknown as NodeJS.ProcessEnv;

const VITEST = ['node_modules/vitest/vitest.mjs', 'run'];
const JEST = ['node_modules/jest/bin/jest.js', '--no-color'];

const runners = [
  {
    name: 'Vitest',
    folder: 'vitest',
    command: VITEST,
    tests: 12,
    documented: { 'documented.config.ts': blockWith("conditions: ['module', 'browser']") },
    testsWithDom: 2,
    withDom: [
      { how: 'with the condition "browser"', command: [...VITEST, 'dom', '--config', 'browser.config.ts'] },
      { how: 'as docs/testing.md says', command: [...VITEST, 'dom', '--config', 'bundler.config.ts'] },
    ],
  },
  {
    name: 'Jest by next/jest',
    folder: 'jest',
    command: JEST,
    tests: 13,
    documented: {
      'jest.config.ts': blockWith("from 'next/jest.js'"),
      'tests/first.test.ts': blockWith('/** @jest-environment node */'),
    },
    testsWithDom: 2,
    withDom: [
      {
        how: 'as ES modules',
        command: ['--experimental-vm-modules', ...JEST, 'dom', '--config', 'esm.config.js'],
      },
    ],
  },
];

describe.each(runners)('$name', ({ folder, command, tests, documented, testsWithDom, withDom }) => {
  const app = join(scratch, folder);
  const node = (...args: string[]) => run(process.execPath, args, { cwd: app, env }).catch((error) => error);

  beforeAll(async () => {
    rmSync(app, { recursive: true, force: true });
    mkdirSync(app, { recursive: true });
    for (const source of ['app', folder]) cpSync(join(here, source), app, { recursive: true });
    mkdirSync(join(app, 'tests'));
    for (const [file, code] of Object.entries(documented)) writeFileSync(join(app, file), code);
    const quiet = ['--no-audit', '--no-fund', '--silent', '--prefer-offline'];
    await run('npm', ['ci', ...quiet], { cwd: app, env });
    await run('npm', ['install', '--no-save', '--no-package-lock', ...quiet, packTarball()], {
      cwd: app,
      env,
    });
  });

  it('runs an app’s tests with no configuration for sessions', async () => {
    const { stdout, stderr } = await node(...command);
    expect(`${stdout}${stderr}`).toMatch(new RegExp(`Tests:? +${tests} passed`));
  });

  it.each(withDom)('runs tests with a DOM $how', async (domRun) => {
    const { stdout, stderr } = await node(...domRun.command);
    expect(`${stdout}${stderr}`).toMatch(new RegExp(`Tests:? +${testsWithDom} passed`));
  });

  it('knows the types of the matchers', async () => {
    const { stdout } = await node('node_modules/typescript/bin/tsc');
    expect(stdout).toBe('');
  });
});

/** Returns the one block of docs/testing.md that has this text. */
function blockWith(text: string): string {
  const page = readFileSync(join(here, '../../docs/testing.md'), 'utf8');
  const [block, ...others] = docBlocks(page).filter(({ code }) => code.includes(text));
  if (!block || others.length > 0) throw new Error(`docs/testing.md has not one block with: ${text}`);
  return block.code;
}
