// The MySQL server of the full run. MariaDB is not MySQL: their errors and some of their statements differ.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromEnvironment, isExecutable } from './find-executable.mjs';

/** Where `fetch-mysql.mjs` puts it, with the libraries that it needs. */
export const fetchedMySql = fileURLToPath(new URL('../.tmp/mysql', import.meta.url));

/**
 * Returns the path of a MySQL server and the command line that starts it, without further settings, or undefined. MYSQL_PATH wins.
 */
export function findMySql() {
  const server = fromEnvironment('MYSQL_PATH');
  return server ? { server, command: [server, '--no-defaults'] } : fetched();
}

/** Returns the names of what the step `mysql` needs and is not on this machine. */
export function missingMySql() {
  return findMySql() ? [] : ['MySQL'];
}

/** It is newer than the libraries of this machine, and is started by the loader that came along. */
function fetched() {
  const usr = join(fetchedMySql, 'usr');
  const server = join(usr, 'sbin/mysqld');
  if (!isExecutable(server)) return undefined;
  const libraries = join(usr, 'lib', only(join(usr, 'lib'), /-linux-gnu/));
  const loader = join(libraries, only(libraries, /^ld-linux.*\.so/));
  const command = [loader, '--library-path', libraries, server, '--no-defaults'];
  const settings = {
    basedir: usr,
    'lc-messages-dir': join(usr, 'share/mysql'),
    'plugin-dir': join(usr, 'lib/mysql/plugin'),
    'secure-file-priv': '',
  };
  const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  return { server, command: [...command, ...args] };
}

function only(folder, pattern) {
  return readdirSync(folder).find((name) => pattern.test(name)) ?? '';
}
