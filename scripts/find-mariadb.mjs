// The MariaDB server that tests start on a port of their own.
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findOnPath, fromEnvironment, isExecutable } from './find-executable.mjs';

const INSTALLER = 'mariadb-install-db';

/** Debian keeps servers in a folder that is on the PATH of root alone. */
const DEBIAN = ['/usr/sbin/mariadbd', '/usr/sbin/mysqld'];

/**
 * Returns the path of a MariaDB server, and of the program that makes its folder, or undefined. MARIADB_PATH wins. A `mysqld`
 * without that program is MySQL.
 */
export function findMariaDb() {
  const servers = [fromEnvironment('MARIADB_PATH'), findOnPath('mariadbd', 'mysqld'), ...DEBIAN];
  return servers
    .filter((file) => file && isExecutable(file))
    .map((file) => ({ server: file, installer: installerOf(realpathSync(file)) }))
    .find(({ installer }) => installer);
}

/** It is in the same folder, in a folder beside it, or on PATH. */
function installerOf(server) {
  const beside = ['.', '../bin', '../scripts'].map((folder) => join(dirname(server), folder, INSTALLER));
  return beside.find(isExecutable) ?? findOnPath(INSTALLER);
}
