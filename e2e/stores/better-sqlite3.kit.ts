import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/** The newest that runs on Node 20. */
const VERSION = '12.11.1';

const run = promisify(execFile);

/** What the tests use of it. */
export interface Sqlite {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

export interface SqliteStatement {
  /** Whether it returns rows. */
  readonly reader: boolean;
  all(...values: unknown[]): unknown[];
  run(...values: unknown[]): { changes: number };
}

export type BetterSqlite3 = new (path: string, options?: { readonly?: boolean; timeout?: number }) => Sqlite;

/** Returns the package. It compiles for minutes: it is not among this repository's, and is kept for the next run. */
export async function loadBetterSqlite3(): Promise<BetterSqlite3> {
  const folder = join(tmpdir(), `better-sqlite3-${VERSION}-for-${process.versions.modules}`);
  if (!existsSync(folder)) await installInto(folder);
  const entry = join(folder, 'node_modules/better-sqlite3/lib/index.js');
  return (await import(/* @vite-ignore */ pathToFileURL(entry).href)).default;
}

/** Another test file may install the same at the same time. */
async function installInto(folder: string): Promise<void> {
  const own = mkdtempSync(`${folder}-`);
  writeFileSync(join(own, 'package.json'), '{}');
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', `better-sqlite3@${VERSION}`];
  await run('npm', args, { cwd: own, shell: process.platform === 'win32' });
  if (!existsSync(folder)) renameSync(own, folder);
}
