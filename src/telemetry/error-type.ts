import { SessionError } from '../lib/errors.js';

/** What `error.type` may be, beside this library's own codes: a closed list, since it labels metrics. */
const SYSTEM_CODES = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** The word that an error of a Redis server starts with. */
const REDIS_REPLIES = new Set([
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'NOAUTH',
  'NOPERM',
  'OOM',
  'READONLY',
  'TRYAGAIN',
  'WRONGPASS',
  'WRONGTYPE',
]);

/** How ioredis and redis say that there is no connection just now. */
const NO_CONNECTION =
  /connection is closed|isn't writeable|max retries per request|client is (closed|offline)|socket closed/i;

/** The kind of an error in few words that tell nothing about a session: OpenTelemetry's `error.type`. */
export function errorType(error: unknown): string {
  if (SessionError.is(error) && error.code !== 'ERR_SESSION_STORE') return error.code;
  const cause = SessionError.is(error) ? error.cause : error;
  if (!(cause instanceof Error)) return '_OTHER';
  const code = 'code' in cause ? String(cause.code) : '';
  if (SYSTEM_CODES.has(code)) return code;
  const [word = ''] = cause.message.split(' ', 1);
  if (REDIS_REPLIES.has(word)) return word;
  return NO_CONNECTION.test(cause.message) ? 'NO_CONNECTION' : '_OTHER';
}
