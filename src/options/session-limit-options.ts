import { hearFailure } from '../lib/native-promise.js';
import { invalidOption } from './invalid-option.js';
import type { Options } from './session-options.js';

/** How many sessions a user may have at a time, and what becomes of a sign-in beyond that. */
export interface SessionLimitOptions {
  /** Returns the limit for the user of a session; null for none. @throws ERR_SESSION_OPTIONS for what is no limit. */
  readonly max: (data: object) => number | null;
  readonly onReached: 'end-oldest' | 'refuse';
}

/** Returns the limit that the options ask for; null if they ask for none. */
export function sessionLimit<D extends object, L extends object>({
  user,
  maxSessions,
  onSessionLimit,
}: Options<D, L>): SessionLimitOptions | null {
  if (maxSessions === undefined) {
    if (onSessionLimit === undefined) return null;
    throw invalidOption('onSessionLimit', 'it needs the maxSessions option too');
  }
  if (!user)
    throw invalidOption(
      'maxSessions',
      'it needs the user option too, which says whose session it is: user: (data) => data.userId',
    );
  const max =
    typeof maxSessions === 'number' ? () => maxSessions : (maxSessions as (data: object) => unknown);
  return { max: (data) => givenLimit(max(data)), onReached: onSessionLimit ?? 'end-oldest' };
}

/** Returns whether a value can be how many sessions a user may have. */
export function isSessionLimit(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1;
}

function givenLimit(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  if (isSessionLimit(value)) return value;
  hearFailure(value);
  throw invalidOption(
    'maxSessions',
    'return a whole number of at least 1, or null for no limit. It is not awaited',
  );
}
