// The MySQL server of the full run. MariaDB is not MySQL: their errors and some of their statements differ.
import { join } from 'node:path';
import { fetchedFolder, fetchedProgram } from './fetched-program.mjs';
import { fromEnvironment } from './find-executable.mjs';

/** Where `fetch-mysql.mjs` puts it, with the libraries that it needs. */
export const fetchedMySql = fetchedFolder('mysql');

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

function fetched() {
  const command = fetchedProgram(fetchedMySql, 'sbin/mysqld');
  if (!command) return undefined;
  const usr = join(fetchedMySql, 'usr');
  const settings = {
    basedir: usr,
    'lc-messages-dir': join(usr, 'share/mysql'),
    'plugin-dir': join(usr, 'lib/mysql/plugin'),
    'secure-file-priv': '',
  };
  const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  return { server: command.at(-1), command: [...command, '--no-defaults', ...args] };
}
