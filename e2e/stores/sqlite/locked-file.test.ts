import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';

// How Node's own SQLite says that a file is busy: by a number, and not by the name of the error.

const BUSY = 5;
const BUSY_SNAPSHOT = 517;

let folder: string;
let one: DatabaseSync;
let other: DatabaseSync;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
  const file = join(folder, 'sessions.db');
  one = new DatabaseSync(file);
  one.exec(
    'PRAGMA journal_mode = WAL; CREATE TABLE kept (n INTEGER PRIMARY KEY); INSERT INTO kept VALUES (1);',
  );
  other = new DatabaseSync(file);
});
afterEach(() => {
  for (const database of [one, other]) database.close();
  rmSync(folder, { recursive: true, force: true });
});

const isBusy = (errcode: number) =>
  expect.objectContaining({ code: 'ERR_SQLITE_ERROR', errcode, errstr: 'database is locked' });

it('two writers at once: one is refused, and reads on', () => {
  one.exec('BEGIN IMMEDIATE; INSERT INTO kept VALUES (2);');
  expect(() => other.prepare('INSERT INTO kept VALUES (?)').run(3)).toThrow(isBusy(BUSY));
  expect(other.prepare('SELECT n FROM kept').all()).toEqual([{ n: 1 }]);
  one.exec('COMMIT');
  expect(other.prepare('INSERT INTO kept VALUES (?)').run(3)).toMatchObject({ changes: 1 });
});

it('a transaction that has read before another wrote cannot write: no waiting helps', () => {
  other.exec('PRAGMA busy_timeout = 60000; BEGIN; SELECT n FROM kept;');
  one.exec('INSERT INTO kept VALUES (2)');
  expect(() => other.exec('INSERT INTO kept VALUES (3)')).toThrow(isBusy(BUSY_SNAPSHOT));
});
