import type { SessionError } from '../../lib/errors.js';
import { hasMethod, property } from '../../lib/has-method.js';
import { isPromiseLike } from '../../lib/maybe-promise.js';
import { isClass } from '../../store-contract/store-fix.js';
import type { Dialect, DialectName, SendSql } from './dialect.js';
import { type Mysql2CallbackClient, type Mysql2Client, mysql } from './mysql.js';
import { type PgClient, type PostgresJs, postgresql } from './postgresql.js';
import { type SqliteDatabase, sqlite } from './sqlite.js';
import type { SqlValue } from './statement.js';

/** A client of a driver that SqlStore does not know. */
export interface SqlQueryClient {
  /**
   * Sends one statement.
   *
   * @param text the statement, with the placeholders of its dialect: `$1`, `$2`, … for PostgreSQL, `?` for the others.
   * @param values its values, in order.
   * @returns the rows, by the names of columns; and for MySQL how many an INSERT, UPDATE or DELETE has matched or changed.
   * @throws the error of the driver as it is, or with it as `cause`: its codes say whether a statement may be sent again.
   */
  query(
    text: string,
    values: SqlValue[],
  ): PromiseLike<{ rows: readonly unknown[]; rowCount?: number | null | undefined }>;
}

/** A client that SqlStore accepts. */
export type SqlClient =
  | PgClient
  | PostgresJs
  | SqliteDatabase
  | Mysql2Client
  | Mysql2CallbackClient
  | SqlQueryClient;

export const dialects: readonly Dialect[] = [postgresql, sqlite, mysql];

/**
 * Returns the dialect of a client, and how to send statements by it. Recognises the client by its methods, so that no driver has
 * to be installed.
 *
 * @param given the dialect that the app says it is.
 * @throws what `invalid` returns, for what is no client, and for one of another dialect.
 */
export function senderOf(
  client: unknown,
  given: DialectName | undefined,
  invalid: (option: 'client' | 'dialect', fix: string) => SessionError,
): { dialect: Dialect; send: SendSql } {
  for (const dialect of dialects) {
    const send = dialect.recognise(client);
    if (!send) continue;
    if (given !== undefined && given !== dialect.name)
      throw invalid('dialect', `this is a client of ${dialect.name}. Leave the option out`);
    return { dialect, send };
  }
  if (!hasMethod(client, 'query') || hasMethod(client, '$queryRawUnsafe'))
    throw invalid('client', clientFix(client));
  const dialect = dialects.find(({ name }) => name === given);
  if (!dialect)
    throw invalid('dialect', "say which database the client is for: 'postgresql', 'mysql' or 'sqlite'");
  const { query } = client as SqlQueryClient;
  return { dialect, send: async (text, values) => query.call(client, text, values) };
}

/** Returns what to do with a value that is no client. */
function clientFix(value: unknown): string {
  if (typeof value === 'string')
    return 'a URL is not enough. Make a client with it, such as new Pool() of pg';
  if (isPromiseLike(value)) return 'it is a promise. Wait for it (await), and pass the client';
  if (property(value, '$client') !== undefined)
    return 'it is a database of Drizzle. Pass its driver: db.$client';
  if (isClass(value)) return 'it is a class. Make a client of it, with new';
  const otherwise = 'an object with query(text, values), and dialect. docs/sql-clients.md shows it';
  if (hasMethod(value, '$queryRawUnsafe')) return `it is a client of Prisma. Give ${otherwise}`;
  if (typeof value === 'function' && 'raw' in value) return `it is Knex. Give ${otherwise}`;
  if (hasMethod(value, 'executeQuery')) return `it is a database of Kysely. Give ${otherwise}`;
  return `give a client of pg, PGlite, postgres.js, mysql2, node:sqlite or better-sqlite3, or ${otherwise}`;
}
