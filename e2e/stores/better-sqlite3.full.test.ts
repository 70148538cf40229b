import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadBetterSqlite3, type Sqlite } from './better-sqlite3.kit.js';

// How better-sqlite3 says that a file is busy: by the name of the error.

let folder: string;
let one: Sqlite;
let other: Sqlite;
beforeAll(async () => {
  const Database = await loadBetterSqlite3();
  folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
  const file = join(folder, 'sessions.db');
  one = new Database(file);
  one.exec('PRAGMA journal_mode = WAL; CREATE TABLE kept (n INTEGER PRIMARY KEY);');
  other = new Database(file, { timeout: 0 });
}, 900_000);
afterAll(() => {
  for (const database of [one, other]) database?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('two writers at once: one is refused, and reads on', () => {
  one.exec('BEGIN IMMEDIATE; INSERT INTO kept VALUES (1);');
  const insert = other.prepare('INSERT INTO kept VALUES (?)');
  expect(() => insert.run(2)).toThrow(
    expect.objectContaining({ name: 'SqliteError', code: 'SQLITE_BUSY', message: 'database is locked' }),
  );
  expect(other.prepare('SELECT n FROM kept').all()).toEqual([]);
  one.exec('COMMIT');
  expect(insert.run(2)).toMatchObject({ changes: 1 });
});
