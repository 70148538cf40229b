import { SessionError } from '../lib/errors.js';
import { refuseUnknown } from '../lib/unknown-option.js';
import type { OwnLifetime } from '../record/expiry.js';
import type { Lifetime } from './session-handler.js';

/**
 * Returns the lifetime that a caller gives a session; undefined if it stays as it is.
 *
 * @param longest seconds.
 * @throws ERR_SESSION_OPTIONS for a bad `maxAge`.
 */
export function ownLifetime(lifetime: Lifetime | undefined, longest: number): OwnLifetime | undefined {
  if (lifetime === undefined) return undefined;
  refuseUnknown('regenerate() and touch()', lifetime, ['maxAge'], {
    ttl: 'Use maxAge',
    expires: 'Use maxAge, in seconds',
  });
  const { maxAge } = lifetime;
  if (maxAge === undefined || maxAge === null || maxAge === 'browser') return maxAge;
  // To the millisecond, as times are kept.
  if (typeof maxAge === 'number' && maxAge > 0 && Math.round(maxAge * 1000) <= longest * 1000) return maxAge;
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    `maxAge of a session: give seconds above 0, ${longest} at most (400 days, for which browsers keep a cookie; with the ` +
      'user option no more than absoluteTimeout; is yours in milliseconds?), null for the lifetime of the options, or ' +
      "'browser' for a cookie that ends with the browser.",
  );
}
