import { execFile } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { PackedPackage } from '../package/packed-package.js';
import { root } from '../package/repository.js';

// The packed package in the test runners of Bun and Deno.

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const packed = new PackedPackage();
afterAll(() => packed.remove());
for (const name of ['expect', 'react', 'react-dom']) {
  symlinkSync(join(root, 'node_modules', name), join(packed.app, 'node_modules', name));
}
// Deno takes no package that is not named here.
const dependencies = { 'next-app-session': '*', expect: '*' };
writeFileSync(join(packed.app, 'package.json'), JSON.stringify({ dependencies }));
for (const source of ['app', 'bun', 'deno']) cpSync(join(here, source), packed.app, { recursive: true });

const runtimes = [
  { runtime: 'bun@1.4.5', command: ['bun', 'test', 'session.test.ts'], report: /\b8 pass\s+0 fail/ },
  {
    runtime: 'deno@2.9.6',
    command: ['deno', 'test', '-A', '--no-check', 'session.test.mjs'],
    report: /3 passed.* 0 failed/,
  },
];

it.each(runtimes)('$runtime runs tests with a session', { timeout: 600_000 }, async ({ runtime, ...own }) => {
  const args = ['--yes', `--package=${runtime}`, '--', ...own.command];
  const env = { ...process.env, NO_COLOR: '1' };
  const { stdout, stderr } = await run('npx', args, { cwd: packed.app, env }).catch((error) => error);
  expect(`${stdout}${stderr}`).toMatch(own.report);
});
