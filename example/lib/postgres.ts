import { SqlStore } from 'next-app-session/sql';
import { Pool } from 'pg';

const shared = globalThis as { sessionPool?: Pool };

/** Connects at the first request, not while `next build` runs, and has one pool a process. */
export async function postgresStore(url: string): Promise<SqlStore> {
  shared.sessionPool ??= openPool(url);
  const store = new SqlStore({ client: shared.sessionPool });
  await store.migrate();
  return store;
}

function openPool(connectionString: string): Pool {
  // Milliseconds. While PostgreSQL is away, a request that needs it fails then, rather than wait for ever.
  const pool = new Pool({
    connectionString,
    connectionTimeoutMillis: 5000,
    statement_timeout: 5000,
    query_timeout: 6000,
  });
  // A connection that breaks while nobody uses it. Without a listener, the event would end the process.
  pool.on('error', (error) => console.error('PostgreSQL:', error.message));
  return pool;
}
