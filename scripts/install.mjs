// Ways to install a missing program. Each tells whether it worked, and why not when it did not.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findOnPath } from './find-executable.mjs';

const APT_OPTIONS = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3'];
let listsAreFresh = false;

/** Debian and Ubuntu, as root. */
export function canUseApt() {
  return process.getuid?.() === 0 && findOnPath('apt-get') !== undefined;
}

/** @param names packages, with spaces between them. */
export function installWithApt(names) {
  if (!listsAreFresh) {
    const update = run('apt-get', ['update', ...APT_OPTIONS]);
    if (update.error) return update;
    listsAreFresh = true;
  }
  return run('apt-get', ['install', '-y', '--no-install-recommends', ...APT_OPTIONS, ...names.split(' ')]);
}

export function installWithPlaywright() {
  const playwright = fileURLToPath(new URL('../node_modules/@playwright/test/cli.js', import.meta.url));
  return run(process.execPath, [playwright, 'install', 'chromium']);
}

/** Runs quietly, and returns its output; its first line about an error is the reason when it fails. */
export function run(command, args, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    ...options,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 10 * 60_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status === 0) return { output: stdout };
  const lines = `${stdout ?? ''}\n${stderr ?? ''}`.split('\n').filter((line) => line.trim());
  const reason = lines.find((line) => /^(E:|Error:|.*\berror\b)/i.test(line)) ?? lines.at(-1);
  return { error: error?.message ?? reason ?? `${command} ended with ${status}` };
}
