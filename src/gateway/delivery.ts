/**
 * How far a call got that failed:
 * - `unsent`: the driver did not send it, because it has no connection
 * - `refused`: the server answered with an error, and changed nothing
 * - `moving`: a Redis Cluster refused it, because the slot of its keys moves to another node. It may be sent again
 * - `unknown`: nobody can tell. A write may have taken effect, or may still do so
 */
export type Delivery = 'unsent' | 'refused' | 'moving' | 'unknown';

/**
 * What ioredis (5, 6) and node-redis (5, 6) say of a command that they did not send, and the pool of node-redis. What they say
 * of one whose connection was lost afterwards is another text.
 */
const UNSENT =
  /^(Stream isn't writeable and enableOfflineQueue|Cluster isn't ready and enableOfflineQueue|The client is (offline|closed)$|Timeout waiting for a client after )/;

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

/** SQLSTATEs with which PostgreSQL says that a statement may have taken effect: a lost connection, a shutdown, and 40003. */
const SQL_UNKNOWN = /^(08|57|40003)/;

/** Returns how far a call got, by the error of its driver. What is thrown may be anything, and reading it may throw again. */
export function deliveryOf(error: unknown): Delivery {
  try {
    if (!(error instanceof Error)) return 'unknown';
    if (UNSENT.test(error.message)) return 'unsent';
    if (MOVING.test(error.message)) return 'moving';
    return isReply(error) || isSqlError(error) ? 'refused' : 'unknown';
  } catch {
    return 'unknown';
  }
}

function isReply(error: Error): boolean {
  if (REPLY_CLASSES.has(error.name) || REPLY.test(error.message)) return true;
  for (let type: unknown = Object.getPrototypeOf(error); type; type = Object.getPrototypeOf(type)) {
    if (REPLY_CLASSES.has((type as Error).constructor.name)) return true;
  }
  return false;
}

/** Only an error that the server sent has a severity. Codes of Node and of other libraries look like SQLSTATEs. */
function isSqlError(error: Error & { code?: unknown; severity?: unknown }): boolean {
  const { code, severity } = error;
  return (
    typeof severity === 'string' &&
    typeof code === 'string' &&
    /^[0-9A-Z]{5}$/.test(code) &&
    !SQL_UNKNOWN.test(code)
  );
}
