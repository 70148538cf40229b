// The PostgreSQL server that tests start on a port of their own.
import { readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findOnPath, fromEnvironment, isExecutable } from './find-executable.mjs';

/** Debian keeps each version's programs in a folder that is not on PATH. */
const DEBIAN = '/usr/lib/postgresql';

/** The path of a PostgreSQL server, or undefined. POSTGRES_PATH wins. Its initdb is in the same folder. */
export function findPostgres() {
  const found = fromEnvironment('POSTGRES_PATH') ?? findOnPath('postgres');
  return [found && realpathSync(found), ...debianVersions()].find(isComplete);
}

/** The newest first. */
function debianVersions() {
  try {
    const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
    return versions.map((version) => join(DEBIAN, version, 'bin/postgres'));
  } catch {
    return [];
  }
}

function isComplete(file) {
  return file !== undefined && isExecutable(file) && isExecutable(join(dirname(file), 'initdb'));
}
