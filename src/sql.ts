export type { DialectName } from './stores/sql/dialect.js';
export type { Mysql2CallbackClient, Mysql2Client } from './stores/sql/mysql.js';
export type { PgClient, PgStatement, PostgresJs } from './stores/sql/postgresql.js';
export type { SqlClient, SqlQueryClient } from './stores/sql/sql-client.js';
export type { SqlStoreOptions } from './stores/sql/sql-options.js';
export { SqlStore } from './stores/sql/sql-store.js';
export type { SqliteDatabase, SqliteStatement } from './stores/sql/sqlite.js';
