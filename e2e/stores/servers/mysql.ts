import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findMySql } from '../../../scripts/find-mysql.mjs';
import { MySqlFamilyServer } from './mysql-family.js';

const run = promisify(execFile);

/** A real MySQL server for one test file. Only the full run has one. */
export class MySqlServer extends MySqlFamilyServer {
  static start(): Promise<MySqlServer> {
    const found = findMySql();
    if (!found) throw new Error('No MySQL server was found: run "npm run pretest:full".');
    const [file, ...args] = found.command;
    const server = new MySqlServer('mysql', [file, ...args, '--mysqlx=OFF']);
    return server.begin(() => run(file, [...args, '--initialize-insecure', ...server.own]));
  }
}
