import { SessionError } from '../lib/errors.js';
import { safeCause } from '../lib/safe-cause.js';
import { CODES } from '../lib/store-words.js';

/** What ioredis and redis, pg, postgres.js and mysql2 say when they have no connection. */
const NO_CONNECTION =
  /connection (is closed|terminated)|isn't writeable|MaxRetriesPerRequestError|client is (closed|offline)|socket closed|CONNECTION_(CLOSED|DESTROYED|ENDED|LOST)|CONNECT_TIMEOUT/i;

/**
 * Returns OpenTelemetry's `error.type` for an error: this library's own code, or a word of a closed list, because it labels
 * metrics. It tells nothing about a session.
 */
export function errorType(error: unknown): string {
  if (SessionError.is(error) && error.code !== 'ERR_SESSION_STORE') return error.code;
  const cause = safeCause(SessionError.is(error) ? error.cause : error);
  const codes = [cause, cause.cause].flatMap((one) =>
    ['code', 'sqlState'].map((name) => String(one && Reflect.get(one, name))),
  );
  const known = [...codes, ...codes.map(withoutDetail), cause.message.split(' ', 1)[0]].find((word) =>
    CODES.has(word),
  );
  return known ?? (NO_CONNECTION.test([cause, ...codes].join(' ')) ? 'NO_CONNECTION' : '_OTHER');
}

/** Returns the class of an SQLSTATE, and the primary one of SQLite's result codes; any other code as it is. */
function withoutDetail(code: string): string {
  if (/^[0-9A-Z]{5}$/.test(code)) return `SQLSTATE_${code.slice(0, 2)}`;
  return code.replace(/^(SQLITE_[A-Z]+)_\w+$/, '$1');
}
