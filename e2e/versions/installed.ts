import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');

/** Outside the repository, or Next would take the folder of the repository's lockfile as the app's root. */
const scratch = join(tmpdir(), 'next-app-session-versions');

/**
 * Packs the build in dist as npm would publish it. Returns the path of the tarball.
 *
 * @param source another package's, in its place.
 */
export function packTarball(source = root): string {
  mkdirSync(scratch, { recursive: true });
  // Put in its place when it is whole: other test files pack the same, and install it.
  const folder = mkdtempSync(join(scratch, 'pack-'));
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const name = execFileSync('npm', args, { cwd: source, encoding: 'utf8' }).trim();
  renameSync(join(folder, name), join(scratch, name));
  rmSync(folder, { recursive: true });
  return join(scratch, name);
}

/**
 * Returns the folder with the packages of a pinned version. The apps that use them are folders in it.
 *
 * @param next a version of Next that takes the place of the pinned one.
 */
export function installFolder(version: string, next?: string): string {
  const name = basename(version);
  return join(scratch, next ? `${name}-${next}` : name);
}

/** Installs the lockfile's packages and the tarball, each if it has changed since the last time. */
export async function install(version: string, tarball: string, next?: string): Promise<void> {
  const folder = installFolder(version, next);
  mkdirSync(folder, { recursive: true });
  await exclusively(join(folder, 'installing'), async () => {
    const pinned = join(here, version);
    cpSync(pinned, folder, { recursive: true });
    const stamp = join(folder, 'node_modules/.installed.json');
    const wanted = { lock: hashOf(join(pinned, 'package-lock.json')), tarball: hashOf(tarball) };
    const installed = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : {};
    if (installed.lock === wanted.lock && installed.tarball === wanted.tarball) return;
    rmSync(stamp, { force: true });
    if (installed.lock !== wanted.lock) await npm(folder, 'ci');
    if (next) acceptVersion(folder, next);
    await npm(folder, 'install', '--no-save', '--no-package-lock', tarball);
    writeFileSync(stamp, JSON.stringify(wanted));
  });
}

/** Takes a version of Next that no range of a peer includes, as docs/errors.md says. */
function acceptVersion(folder: string, next: string): void {
  const file = join(folder, 'package.json');
  const { dependencies, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
  const overrides = { 'next-app-session': { next: '$next' } };
  writeFileSync(file, JSON.stringify({ ...manifest, dependencies: { ...dependencies, next }, overrides }));
}

async function npm(cwd: string, ...args: string[]): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--silent', '--prefer-offline'];
  const env = { ...process.env, NODE_ENV: 'production' as const };
  await run('npm', [...args, ...quiet], { cwd, env, shell: process.platform === 'win32' });
}

/** Two test files may want the same packages at once: one installs them, the other waits. */
async function exclusively(lock: string, task: () => Promise<void>): Promise<void> {
  while (!takes(lock)) await sleep(100);
  try {
    await task();
  } finally {
    rmSync(lock);
  }
}

/** The lock of a process that was killed counts for nothing. */
function takes(lock: string): boolean {
  const own = `${lock}-${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, lock);
    return true;
  } catch {
    if (!isRunning(Number(existsSync(lock) && readFileSync(lock, 'utf8')))) rmSync(lock, { force: true });
    return false;
  } finally {
    rmSync(own);
  }
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
