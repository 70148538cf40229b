import { SessionError } from '../lib/errors.js';

/** The codes of Node that `error.type` may show. The list is closed, because `error.type` labels metrics. */
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

/** The first words of a Redis server's error replies. */
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

/** What ioredis and redis say when they have no connection. */
const NO_CONNECTION =
  /connection is closed|isn't writeable|max retries per request|client is (closed|offline)|socket closed/i;

/** Returns OpenTelemetry's `error.type` for an error. It tells nothing about a session. */
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
