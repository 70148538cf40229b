import { SessionError } from '../../src/lib/errors.js';
import { safeCause } from '../../src/lib/safe-cause.js';
import type { SqlClient } from '../../src/stores/sql/sql-client.js';
import type { SqlStoreOptions } from '../../src/stores/sql/sql-options.js';
import { SqlStore } from '../../src/stores/sql/sql-store.js';
import { outsideBackend } from './outside-backend.js';
import type { SessionBackend } from './session-backend.js';

/** The options of the app's SqlStore that the backend has to share. */
export type SqlBackendOptions = Pick<SqlStoreOptions, 'dialect' | 'table'>;

/**
 * Makes a backend that reaches sessions in the PostgreSQL, MySQL or SQLite of the app under test. The app needs no change.
 *
 * @param client a client of the app's database, as SqlStore takes it. It stays open. Give a pool where there is one: Playwright
 * loads this file in several processes, and a pool connects only in those that use it.
 * @param options the options of the app's SqlStore. @default those of a SqlStore without options
 * @returns the `backend` for `sessionFixtures`. When a worker connects, it creates the tables if they are missing. It throws
 * `ERR_SESSION_TESTING` if it cannot, or if neither `session` nor `name` and `secret` are given.
 * @throws ERR_SESSION_OPTIONS as SqlStore does.
 * @example
 * const backend = sqlBackend(new Pool({ connectionString: process.env.DATABASE_URL }));
 * const test = base.extend(sessionFixtures({ session, backend }));
 */
export function sqlBackend(client: SqlClient, options: SqlBackendOptions = {}): SessionBackend {
  const store = new SqlStore({ client, ...options });
  return outsideBackend(
    async () => {
      // An app may create them at its first request that has a session, and a test writes one before that.
      await store.migrate().catch(unusable);
      return { store, close: async () => {} };
    },
    { address: 'the database with its schema, the table', variable: 'DATABASE_URL' },
  );
}

function unusable(error: unknown): never {
  const isTold = SessionError.is(error);
  const cause = safeCause(isTold ? error.cause : error);
  const code = 'code' in cause ? ` (${cause.code})` : '';
  const advice = isTold
    ? error.message
    : 'Start it, or give its address: Playwright does not read .env.local, so DATABASE_URL may not be set.';
  throw new SessionError(
    'ERR_SESSION_TESTING',
    `sqlBackend cannot use the database of its client${code}. ${advice}`,
    { cause },
  );
}
