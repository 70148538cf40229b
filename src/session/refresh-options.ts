import { SessionError } from '../lib/errors.js';
import { copyOut } from '../lib/json.js';
import { hearFailure, isPromise } from '../lib/native-promise.js';
import { refuseUnknown } from '../lib/unknown-option.js';
import { IsFreshFailed, type RefreshSubject } from '../refresh/refresh-subject.js';
import { withoutSession, withoutSessionAsync } from './reentrancy.js';

/** How `refresh` knows a fresh value, and how it renews one that is not. */
export interface RefreshOptions<Stored = unknown, Renewed = unknown> {
  /**
   * Returns whether a value can be used. Synchronous; it may be called more than once, so it should do nothing else. Of several callers
   * in one process, that of the first one decides.
   *
   * `now` is epoch milliseconds, by the clock of the session: a test may set it.
   */
  isFresh: (value: Stored, context: { readonly now: number }) => boolean;
  /**
   * Returns the new value, JSON. One caller calls it, and again if that one dies; on a store without compare and swap, one in each
   * process. No lock is held meanwhile.
   *
   * Give `signal` to what it waits for: it is aborted at the timeout. If it calls a session, that throws ERR_SESSION_REENTRANT, and
   * the refresh fails.
   */
  renew: (value: Stored, context: { readonly signal: AbortSignal }) => Renewed | PromiseLike<Renewed>;
  /**
   * How long `renew` may take, in seconds, above 0, and 300 at most. A caller waits a second longer at most.
   *
   * @default 10
   */
  timeout?: number | undefined;
}

const DEFAULT_TIMEOUT_S = 10;
const MAX_TIMEOUT_S = 300;

const TRANSLATIONS = { ttl: 'Use isFresh', timeoutMs: 'Use timeout, in seconds', refresh: 'Use renew' };

/**
 * Checks the options of a refresh.
 *
 * @throws ERR_SESSION_OPTIONS for a bad one.
 */
export function refreshSubject(
  key: string,
  options: RefreshOptions<never>,
  now: () => number,
): RefreshSubject {
  refuseUnknown('refresh()', options, ['isFresh', 'renew', 'timeout'], TRANSLATIONS);
  const { isFresh, renew, timeout = DEFAULT_TIMEOUT_S } = options as RefreshOptions;
  if (typeof isFresh !== 'function')
    throw invalid('isFresh: give a function, such as (value, { now }) => value.expiresAt > now');
  if (typeof renew !== 'function') throw invalid('renew: give a function that returns the new value');
  if (!(typeof timeout === 'number' && timeout > 0 && timeout <= MAX_TIMEOUT_S)) {
    throw invalid(`timeout: give seconds above 0, ${MAX_TIMEOUT_S} at most. Is yours in milliseconds?`);
  }
  return {
    key,
    timeoutMs: timeout * 1000,
    isFresh: (value) => toBoolean(withoutSession(() => isFreshOrFails(isFresh, copyOut(value), now()))),
    renew: (value, signal) => withoutSessionAsync(async () => renew(copyOut(value), { signal })),
  };
}

function isFreshOrFails(isFresh: RefreshOptions['isFresh'], value: unknown, now: number): unknown {
  try {
    return isFresh(value, { now });
  } catch (thrown) {
    throw new IsFreshFailed(thrown);
  }
}

function toBoolean(fresh: unknown): boolean {
  if (typeof fresh === 'boolean') return fresh;
  if (!isPromise(fresh))
    throw invalid(
      'isFresh: it returned neither true nor false. A value that is never fresh is renewed at each call',
    );
  hearFailure(fresh);
  throw invalid(
    'isFresh: it is async, or returned a promise. Await what you need first, or ask for it in renew',
  );
}

function invalid(fix: string): SessionError {
  return new SessionError('ERR_SESSION_OPTIONS', `refresh() option ${fix.replace(/(?<![.?])$/, '.')}`);
}
