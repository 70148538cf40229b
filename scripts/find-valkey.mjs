// The Valkey servers of the steps `valkey`. They compare in SET, which the Redis of most machines does not do.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fetchedFolder } from './fetched-program.mjs';
import { findOnPath, isExecutable } from './find-executable.mjs';

/** Where `fetch-valkey.mjs` puts this version. */
export function fetchedValkey(version) {
  return fetchedFolder(`valkey-${version}`);
}

/** Returns the path of a Valkey server whose version begins with this one, or undefined. One on PATH wins. */
export function findValkey(version) {
  const fetched = join(fetchedValkey(version), 'valkey-server');
  const found = [findOnPath('valkey-server'), isExecutable(fetched) ? fetched : undefined];
  return found.find((file) => file && versionOf(file).startsWith(`${version}.`));
}

/** Returns the names of the versions that are not on this machine. */
export function missingValkey(...versions) {
  return versions.filter((version) => !findValkey(version)).map((version) => `Valkey ${version}`);
}

function versionOf(file) {
  const [, version = ''] = /v=(\S+)/.exec(execFileSync(file, ['--version'], { encoding: 'utf8' })) ?? [];
  return version;
}
