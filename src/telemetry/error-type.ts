import { SessionError } from '../lib/errors.js';

/**
 * The words that `error.type` may show beside this library's own codes: codes of Node, and the first words of a Redis server's
 * errors. The list is closed, because `error.type` labels metrics.
 */
const KNOWN = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
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
  const words = [Reflect.get(cause, 'code'), cause.message.split(' ', 1)[0]];
  const known = words.find((word) => KNOWN.has(word));
  return known ?? (NO_CONNECTION.test(cause.message) ? 'NO_CONNECTION' : '_OTHER');
}
