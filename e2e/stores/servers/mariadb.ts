import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findMariaDb } from '../../../scripts/find-mariadb.mjs';
import { MySqlFamilyServer } from './mysql-family.js';

const run = promisify(execFile);

/** A real MariaDB server for one test file. */
export class MariaDbServer extends MySqlFamilyServer {
  static start(): Promise<MariaDbServer> {
    const found = findMariaDb();
    if (!found) throw new Error('No MariaDB server was found: run "npm run pretest".');
    const server = new MariaDbServer('mariadb', [found.server, '--no-defaults']);
    const settings = ['--auth-root-authentication-method=normal', '--skip-test-db'];
    return server.begin(() => run(found.installer, ['--no-defaults', ...server.own, ...settings]));
  }
}
