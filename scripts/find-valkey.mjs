// The Valkey servers of the steps `valkey`. They compare in SET, which the Redis of most machines does not do.
import { spawnSync } from 'node:child_process';
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

/** Returns the names of the servers that the tests on a version need and this machine lacks: an older one runs beside it. */
export function missingValkey(version) {
  return [
    ...(findValkey(version) ? [] : [`Valkey ${version}`]),
    ...(findOnPath('redis-server') ? [] : ['Redis']),
  ];
}

/** Returns '' for one that does not start, such as one whose libraries are gone. */
function versionOf(file) {
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
  const [, version = ''] = /v=(\S+)/.exec(stdout ?? '') ?? [];
  return version;
}
