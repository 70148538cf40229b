import { causesOf } from '../lib/causes.js';

/**
 * How far a call got that failed:
 * - `unsent`: the driver did not send it, because it has no connection
 * - `refused`: the server answered with an error, and changed nothing
 * - `moving`: a Redis Cluster refused it, because the slot of its keys moves to another node. It may be sent again
 * - `unknown`: nobody can tell. A write may have taken effect, or may still do so
 */
export type Delivery = 'unsent' | 'refused' | 'moving' | 'unknown';

/**
 * What drivers say of a call that they did not send: ioredis (5, 6) and node-redis (5, 6) with its pool; pg with its pool, knex,
 * mysql2. What they say of one whose connection was lost afterwards is another text.
 */
const UNSENT = new RegExp(
  `^(${[
    "Stream isn't writeable and enableOfflineQueue",
    "Cluster isn't ready and enableOfflineQueue",
    'The client is (offline|closed)$',
    'Timeout waiting for a client after ',
    '(Connection terminated due to connection timeout|timeout exceeded when trying to connect)$',
    'Cannot use a pool after calling end',
    'Client (was closed|has encountered a connection error) and is not queryable$',
    'Knex: Timeout acquiring a connection',
    '(Queue limit reached|No connections available|Pool is closed)\\.$',
    "Can't add new command when connection is in closed state$",
  ].join('|')})`,
);

/** What Node, postgres.js, and SQL servers by their SQLSTATE say where there is no connection yet. */
const UNSENT_CODES = /^(ECONNREFUSED|CONNECT_TIMEOUT|CONNECTION_ENDED|08001|08004|57P03)$/;

/**
 * What a Redis Cluster says while a slot moves: another node has the keys or some of them, or nobody serves them yet. Clients
 * follow it a number of times, and then give up.
 */
const MOVING =
  /^(Too many Cluster redirections$|(Too many Cluster redirections\. Last error: \w+: )?((ASK|MOVED) \d+ \S+:\d+|(CLUSTERDOWN|TRYAGAIN) ))/;

/** Errors of a Redis server: ioredis names them, node-redis has a class of its own. */
const REPLY_CLASSES = new Set(['ReplyError', 'ErrorReply']);

/** First words of a Redis server's errors, for a class whose name a bundler has shortened. */
const REPLY =
  /^(BUSY|CROSSSLOT|LOADING|MASTERDOWN|MISCONF|NOAUTH|NOPERM|NOREPLICAS|NOSCRIPT|OOM|READONLY|WRONGTYPE) /;

/**
 * SQLSTATEs of a statement that may have taken effect: a lost connection, a shutdown, and 40003. That of a timeout, 57014, says
 * that it was taken back.
 */
const SQL_UNKNOWN = /^(08|57P|40003)/;

/** MySQL's numbers of the same: a shutdown, a commit that failed, and a connection that somebody ended. */
const SQL_UNKNOWN_NUMBERS: ReadonlySet<unknown> = new Set([1053, 1180, 1927]);

/** SQLSTATEs with which PostgreSQL ends a connection before it takes a statement. With others, it ends one that may have run some. */
const SQL_NO_CONNECTION = /^(28|3D|53)/;

/** SQLite takes a statement back that fails, but for one whose file it could not write. */
const SQLITE_REFUSED = /^SQLITE_(?!IOERR)/;

/** The name of an error of @upstash/redis. It tells of the last try: the server may have run the command at one before. */
const OF_SEVERAL_TRIES = 'UpstashError';

/** Returns how far a call got, by the error of its driver. What is thrown may be anything, and reading it may throw again. */
export function deliveryOf(error: unknown): Delivery {
  try {
    // Query builders wrap the error of the driver.
    for (const one of causesOf(error)) {
      if (one instanceof Error && one.name === OF_SEVERAL_TRIES) return 'unknown';
      const delivery = one instanceof Error ? deliveryByDriver(one) : 'unknown';
      if (delivery !== 'unknown') return delivery;
    }
  } catch {
    // A getter threw.
  }
  return 'unknown';
}

/** What drivers put on their errors. */
interface DriverError extends Error {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly severity?: unknown;
  readonly sqlState?: unknown;
  readonly syscall?: unknown;
}

function deliveryByDriver(error: DriverError): Delivery {
  const { message, code, sqlState, syscall } = error;
  if (UNSENT.test(message) || syscall === 'connect' || syscall === 'getaddrinfo') return 'unsent';
  if (UNSENT_CODES.test(String(code)) || UNSENT_CODES.test(String(sqlState))) return 'unsent';
  if (MOVING.test(message)) return 'moving';
  return isReply(error) || isSqlError(error) ? 'refused' : 'unknown';
}

function isReply(error: Error): boolean {
  if (REPLY_CLASSES.has(error.name) || REPLY.test(error.message)) return true;
  for (let type: unknown = Object.getPrototypeOf(error); type; type = Object.getPrototypeOf(type)) {
    if (REPLY_CLASSES.has((type as Error).constructor.name)) return true;
  }
  return false;
}

/**
 * Only an error that a server sent has a severity (PostgreSQL), or a number with an SQLSTATE (MySQL). Codes of Node and of other
 * libraries look like SQLSTATEs.
 */
function isSqlError({ code, errno, severity, sqlState }: DriverError): boolean {
  if (SQLITE_REFUSED.test(String(code))) return true;
  const state = typeof severity === 'string' ? code : typeof errno === 'number' ? sqlState : undefined;
  if (typeof state !== 'string' || !/^[0-9A-Z]{5}$/.test(state)) return false;
  if (/^(FATAL|PANIC)$/.test(String(severity))) return SQL_NO_CONNECTION.test(state);
  return !SQL_UNKNOWN.test(state) && !SQL_UNKNOWN_NUMBERS.has(errno);
}
