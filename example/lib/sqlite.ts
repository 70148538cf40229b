import { type SqliteDatabase, SqlStore } from 'next-app-session/sql';

type Sqlite = { DatabaseSync: new (file: string) => SqliteDatabase };

const shared = globalThis as { sessionFile?: SqliteDatabase };

/** Opens the file at the first request, not while `next build` runs, and once a process. */
export async function sqliteStore(url: string): Promise<SqlStore> {
  shared.sessionFile ??= openFile(url.replace(/^file:/, ''));
  const store = new SqlStore({ client: shared.sessionFile });
  await store.migrate();
  return store;
}

function openFile(file: string): SqliteDatabase {
  // In your app, import it. This example is also built on a Node that does not have it.
  const sqlite = process.getBuiltinModule?.('node:sqlite') as Sqlite | undefined;
  if (sqlite) return new sqlite.DatabaseSync(file);
  throw new Error(`SESSION_DB needs Node 22.13 or later, and this is ${process.version}.`);
}
