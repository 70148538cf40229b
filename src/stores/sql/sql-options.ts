import { SessionError } from '../../lib/errors.js';
import { hasMethod } from '../../lib/has-method.js';
import { isObject } from '../../lib/json.js';
import { knownFix, refuseUnknown } from '../../lib/unknown-option.js';
import type { DialectName } from './dialect.js';
import { dialects, type SqlClient, senderOf } from './sql-client.js';
import { SqlDatabase } from './sql-database.js';
import { tablesOf } from './tables.js';

/** Options of `SqlStore`. */
export interface SqlStoreOptions {
  /**
   * A client of `pg` (`Pool`, `Client`), PGlite or postgres.js; of `mysql2` (a pool or a connection, with promises or not); of
   * `node:sqlite` or better-sqlite3; or, with `dialect`, any object with a `query` method. Give a pool where there is one: a
   * single connection has to be connected, is lost when the server restarts, and must be the store's alone: a transaction that the
   * app begins on it would take the writes of sessions along when it is undone.
   */
  client: SqlClient;
  /**
   * The database. Needed only for a client of your own: MariaDB and MySQL are `mysql`.
   * @default that of the client
   */
  dialect?: DialectName | undefined;
  /**
   * The table of sessions. That of the users has the same name with `_users` behind it. Letters, digits and `_`, 48 at most;
   * `schema.table` on PostgreSQL and MySQL.
   * @default 'next_app_session'
   */
  table?: string | undefined;
}

const KNOWN: readonly (keyof SqlStoreOptions)[] = ['client', 'dialect', 'table'];

const OF_SESSION = 'It is an option of nextAppSession';
const OF_CLIENT = 'Make a client with it, and pass that as client';
const IS_CLIENT = 'Pass it as client';
const IS_TABLE = 'Use table';
const IN_SCHEMA = 'Use table, as in schema.table';
const SWEPT = 'Leave it out: writes delete what has ended. For a job that does it, there is store.prune()';
const MIGRATED = 'Leave it out, and call store.migrate()';

/** Those of connect-pg-simple and connect-session-knex, and what belongs into another place. */
const TRANSLATIONS = {
  pool: IS_CLIENT,
  db: IS_CLIENT,
  pgPromise: 'Pass a Pool of pg as client',
  knex: 'Pass as client a pool of the driver, or an object whose query method calls knex.raw',
  conString: OF_CLIENT,
  conObject: OF_CLIENT,
  connectionString: OF_CLIENT,
  url: OF_CLIENT,
  tableName: IS_TABLE,
  tablename: IS_TABLE,
  schema: IN_SCHEMA,
  schemaName: IN_SCHEMA,
  createTableIfMissing: MIGRATED,
  createTable: MIGRATED,
  createtable: MIGRATED,
  pruneSessionInterval: SWEPT,
  cleanupInterval: SWEPT,
  clearInterval: SWEPT,
  disableTouch: 'Leave it out: touchAfter of nextAppSession says how often a session is slid',
  ttl: 'Use idleTimeout and absoluteTimeout of nextAppSession, in seconds',
  idleTimeout: OF_SESSION,
  absoluteTimeout: OF_SESSION,
  touchAfter: OF_SESSION,
  hashIds: OF_SESSION,
  secret: OF_SESSION,
};

/** Longer ones would not leave room for what stands behind them, in a name of 63 bytes. */
const NAME = '[A-Za-z_][A-Za-z0-9_]{0,47}';
const TABLE = new RegExp(`^(${NAME}\\.)?${NAME}$`);
const SIMPLE_TABLE = new RegExp(`^${NAME}$`);

/** Returns the database that the options describe. Throws ERR_SESSION_OPTIONS for a bad one. */
export function resolveSqlOptions(options: SqlStoreOptions): SqlDatabase {
  if (!isObject(options) || ['query', 'unsafe', 'prepare'].some((method) => hasMethod(options, method)))
    throw invalid('client', 'pass the client in an object, new SqlStore({ client })');
  refuseUnknown('SqlStore', options, KNOWN, TRANSLATIONS);
  const { client, dialect: given, table = 'next_app_session' } = options;
  const names = dialects.map(({ name }) => name);
  if (given !== undefined && !names.includes(given))
    throw new SessionError(
      'ERR_SESSION_OPTIONS',
      `SqlStore option dialect: ${knownFix(String(given), names)}`.replace(/(?<![?])$/, '.'),
    );
  const { dialect, send } = senderOf(client, given, invalid);
  const pattern = dialect.name === 'sqlite' ? SIMPLE_TABLE : TABLE;
  if (typeof table !== 'string' || !pattern.test(table)) {
    const schema =
      dialect.name === 'sqlite' ? '' : ', and a schema before it where needed, as in web.sessions';
    throw invalid('table', `give a name of letters, digits and _, 48 at most${schema}`);
  }
  return new SqlDatabase(dialect, tablesOf(table, dialect.quote), send);
}

function invalid(option: keyof SqlStoreOptions, fix: string): SessionError {
  return new SessionError('ERR_SESSION_OPTIONS', `SqlStore option ${option}: ${fix}.`);
}
