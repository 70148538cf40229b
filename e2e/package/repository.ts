import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Manifest {
  readonly version: string;
  readonly repository: object;
  readonly homepage: string;
  readonly bugs: object;
  readonly exports: Record<string, unknown>;
  readonly engines: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  readonly scripts?: Record<string, string>;
}

/** The root's package.json, or a workspace's. */
export function readManifest(folder = '.'): Manifest {
  return JSON.parse(read(join(folder, 'package.json')));
}

export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** The files that are tracked, or will be with the next `git add`, relative to the root. */
export function listFiles(): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const deleted = new Set(git(['ls-files', '-z', '--deleted']));
  return git(args).filter((file) => !deleted.has(file));
}

/** The pages that show how to use the package: the README, and those in docs. */
export function listPages(): string[] {
  return listFiles().filter((file) => /^(README\.md|docs\/[^/]+\.(md|txt))$/.test(file));
}

/** The packages that a user's package manager installs along with this one. */
export function requiredPackages(manifest: Manifest): string[] {
  const { dependencies, peerDependencies, peerDependenciesMeta = {} } = manifest;
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  return [...Object.keys(dependencies), ...peers];
}

function git(args: string[]): string[] {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
}
