import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { packTarball } from '../versions/next-app.js';

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

const runners = [
  { name: 'Vitest', folder: 'vitest', command: ['vitest/vitest.mjs', 'run'], tests: 7 },
  { name: 'Jest by next/jest', folder: 'jest', command: ['jest/bin/jest.js', '--no-color'], tests: 8 },
] as const;

describe.each(runners)('$name', ({ folder, command, tests }) => {
  const app = join(scratch, folder);
  const node = (...args: string[]) => run(process.execPath, args, { cwd: app, env }).catch((error) => error);

  beforeAll(async () => {
    rmSync(app, { recursive: true, force: true });
    mkdirSync(app, { recursive: true });
    for (const source of ['app', folder]) cpSync(join(here, source), app, { recursive: true });
    const quiet = ['--no-audit', '--no-fund', '--silent', '--prefer-offline'];
    await run('npm', ['ci', ...quiet], { cwd: app, env });
    await run('npm', ['install', '--no-save', '--no-package-lock', ...quiet, packTarball()], {
      cwd: app,
      env,
    });
  });

  it('runs an app’s tests with no configuration for sessions', async () => {
    const [script, ...args] = command;
    const { stdout, stderr } = await node(join('node_modules', script), ...args);
    expect(`${stdout}${stderr}`).toMatch(new RegExp(`Tests:? +${tests} passed`));
  });

  it('knows the types of the matchers', async () => {
    const { stdout } = await node('node_modules/typescript/bin/tsc');
    expect(stdout).toBe('');
  });
});
