import { hasMethod, property } from '../../lib/has-method.js';
import { assignments, type Dialect, type SendSql } from './dialect.js';

/** A value as it is sent to MySQL: a text goes as bytes, which no character set of the connection changes. */
type SqlBytes = Buffer | number | null;

/** What SqlStore uses of `mysql2/promise`: a pool or a connection. */
export interface Mysql2Client {
  execute(text: string, values?: SqlBytes[]): Promise<[result: unknown, fields: unknown]>;
}

/** What SqlStore uses of `mysql2` without promises. */
export interface Mysql2CallbackClient {
  promise(): Mysql2Client;
}

/** MySQL 8 or later, or MariaDB 10.6 or later. Texts are bytes, so that two that differ only in case differ, in any collation. */
export const mysql: Dialect = {
  name: 'mysql',
  placeholder: () => '?',
  quote: (identifier) => `\`${identifier}\``,
  // Not unix_timestamp(), which takes a time of the connection's time zone: that has an hour twice in autumn.
  clock: "timestampdiff(MICROSECOND, '1970-01-01', utc_timestamp(3)) DIV 1000",
  returning: '',
  later: (a, b) => `greatest(${a}, ${b})`,
  contains: (text, part) => `locate(${part}, ${text}) > 0`,
  concat: (a, b) => `concat(${a}, ${b})`,
  // ON DUPLICATE KEY UPDATE has no condition, and does not say whether it inserted.
  upsert: ({ table, key, row, update, where = 'TRUE' }) => [
    `INSERT INTO ${table} (${Object.keys(row)}) VALUES (${Object.values(row)})`,
    `UPDATE ${table} AS old SET ${assignments(update)} ` +
      `WHERE ${key.map((column) => `old.${column} = ${row[column]}`).join(' AND ')} AND ${where}`,
  ],
  updateChosen: ({ table, where, orderBy, limit }, set, columns) => [
    `UPDATE ${table} SET ${set} WHERE ${where} ORDER BY ${orderBy} LIMIT ${limit}`,
    `SELECT ${columns} FROM ${table} WHERE ${where} ORDER BY ${orderBy} LIMIT ${limit}`,
  ],
  // A subquery would have MariaDB look at every row of the table, and lock it. So may a join, but for STRAIGHT_JOIN, which fixes the order.
  deleteChosen: ({ table, key, where, orderBy, limit }, locked) =>
    `DELETE old FROM (SELECT ${key} FROM ${table} WHERE ${where} ORDER BY ${orderBy} LIMIT ${limit} ` +
    `FOR UPDATE${locked === 'wait' ? '' : ' SKIP LOCKED'}) AS chosen STRAIGHT_JOIN ${table} AS old ` +
    `ON ${key.map((column) => `old.${column} = chosen.${column}`).join(' AND ')}`,
  schema: ({ sessions, users, sessionsIndex, usersIndex }) => [
    `CREATE TABLE IF NOT EXISTS ${sessions} (
  id VARBINARY(256) PRIMARY KEY,
  record LONGBLOB NOT NULL,
  version VARBINARY(64) NOT NULL,
  expires_at BIGINT NOT NULL,
  INDEX ${sessionsIndex} (expires_at)
) ENGINE = InnoDB`,
    `CREATE TABLE IF NOT EXISTS ${users} (
  user_key VARBINARY(64) NOT NULL,
  entry VARBINARY(64) NOT NULL,
  session_keys MEDIUMBLOB NOT NULL,
  ends_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  revoked_at BIGINT,
  PRIMARY KEY (user_key, entry),
  INDEX ${usersIndex} (ends_at)
) ENGINE = InnoDB`,
  ],
  recognise: (client) => {
    if (!hasMethod(client, 'execute') || !hasMethod(client, 'query')) return null;
    if (hasMethod(client, 'promise')) return sender((client as Mysql2CallbackClient).promise());
    return property(client, 'Promise') === undefined ? null : sender(client as Mysql2Client);
  },
};

/**
 * Sends prepared statements. `query` would write values into the text, and whether its way to quote them is right depends on
 * the server's `sql_mode`.
 */
function sender(client: Mysql2Client): SendSql {
  return async (text, values) => {
    const bytes = values.map((value): SqlBytes => (typeof value === 'string' ? Buffer.from(value) : value));
    const [result] = await client.execute(text, bytes);
    return Array.isArray(result)
      ? { rows: result }
      : { rows: [], rowCount: Number(property(result, 'affectedRows')) };
  };
}
