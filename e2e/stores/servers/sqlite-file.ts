import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A file of SQLite for one test file, in its own folder. It does not exist yet. */
export class SqliteFile {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sqlite-'));

  static async start(): Promise<SqliteFile> {
    return new SqliteFile();
  }

  /** The path. */
  get connection(): string {
    return join(this.#folder, 'sessions.db');
  }

  get url(): string {
    return pathToFileURL(this.connection).href;
  }

  async stop(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
