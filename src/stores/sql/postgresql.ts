import { digest } from '../../lib/digest.js';
import { hasMethod, property } from '../../lib/has-method.js';
import type { Dialect, SendSql } from './dialect.js';
import { withReturning } from './with-returning.js';

/** What SqlStore uses of `pg` (`Pool`, `Client`), and of those that are built like it: PGlite, Neon's serverless driver. */
export interface PgClient {
  query(textOrStatement: string | PgStatement, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** A prepared statement of `pg`. */
export interface PgStatement {
  readonly name: string;
  readonly text: string;
  values?: unknown[];
}

/** What SqlStore uses of postgres.js. */
export interface PostgresJs {
  unsafe(text: string, values?: unknown[], options?: { prepare?: boolean }): PromiseLike<readonly unknown[]>;
  /** Is not called. The function of Neon's driver over HTTP has another `unsafe`, and no `begin`. */
  begin: unknown;
}

/** PostgreSQL 12 or later. */
export const postgresql: Dialect = {
  ...withReturning({ waiting: ' FOR UPDATE', skipping: ' FOR UPDATE SKIP LOCKED' }),
  name: 'postgresql',
  placeholder: (position) => `$${position}`,
  quote: (identifier) => `"${identifier}"`,
  // Not now(), the time when a transaction began: the app may have opened one on this connection. Rounded down, as the clocks of
  // JavaScript and of the other databases are.
  clock: "CAST(floor(date_part('epoch', statement_timestamp()) * 1000) AS bigint)",
  later: (a, b) => `greatest(${a}, ${b})`,
  contains: (text, part) => `strpos(${text}, ${part}) > 0`,
  // One statement is one transaction. It holds a lock, since two that create the same table at once would fail.
  schema: ({ sessions, users, sessionsIndex, usersIndex }) => [
    `DO $$ BEGIN
PERFORM pg_advisory_xact_lock(hashtext('next-app-session'));
CREATE TABLE IF NOT EXISTS ${sessions} (
  id text COLLATE "C" PRIMARY KEY,
  record text NOT NULL,
  version text NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS ${sessionsIndex} ON ${sessions} (expires_at);
CREATE TABLE IF NOT EXISTS ${users} (
  user_key text COLLATE "C" NOT NULL,
  entry text COLLATE "C" NOT NULL,
  session_keys text NOT NULL,
  ends_at bigint NOT NULL,
  changed_at bigint NOT NULL,
  revoked_at bigint,
  PRIMARY KEY (user_key, entry)
);
CREATE INDEX IF NOT EXISTS ${usersIndex} ON ${users} (ends_at);
END $$`,
  ],
  recognise: (client) => {
    // It prepares statements, unless the app has told it not to: behind a pooler.
    if (isPostgresJs(client))
      return async (text, values) => ({ rows: await client.unsafe(text, values, { prepare: true }) });
    if (!hasMethod(client, 'query')) return null;
    const pg = client as PgClient;
    if (property(client, 'waitReady') !== undefined) return (text, values) => pg.query(text, values);
    const send = preparing(pg);
    // pg wants a statement to have ended before the next is sent on the same connection. A pool sees to that itself.
    if (hasMethod(client, 'escapeIdentifier')) return inTurn(send);
    return property(client, 'idleCount') === undefined ? null : send;
  },
};

/** The function of Neon's driver has `unsafe` too, which sends nothing. */
function isPostgresJs(client: unknown): client is PostgresJs {
  return typeof client === 'function' && 'unsafe' in client && 'begin' in client;
}

/**
 * SQLSTATEs that refuse a prepared statement: its name is unknown, or taken, or its plan is outdated. Nothing has run then. Poolers
 * that give each transaction another connection cause them.
 */
const NOT_PREPARED = /^(26000|42P05|0A000)$/;

/**
 * Sends prepared statements, which PostgreSQL parses and plans once a connection: that takes a third of the time of a read. Where
 * they do not work, they are not tried again.
 */
function preparing(client: PgClient): SendSql {
  let canPrepare = true;
  return async (text, values) => {
    if (!canPrepare) return client.query(text, values);
    try {
      return await client.query({ name: digest('sha1', text, 'hex'), text, values });
    } catch (error) {
      if (!NOT_PREPARED.test(String(property(error, 'code')))) throw error;
      canPrepare = false;
      return client.query(text, values);
    }
  };
}

/** Sends each statement when the one before it has ended. */
function inTurn(send: SendSql): SendSql {
  let last: Promise<unknown> = Promise.resolve();
  return (text, values) => {
    const sent = last.then(() => send(text, values));
    last = sent.catch(() => {});
    return sent;
  };
}
