import { SessionError } from '../lib/errors.js';
import { safeCause } from '../lib/safe-cause.js';
import type { RenewalFailure } from '../record/renewal.js';

/** What a token endpoint says when it refuses (RFC 6749, 5.2). Libraries have it as `error` of what they throw. */
const OAUTH_ERRORS: ReadonlySet<unknown> = new Set([
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'unauthorized_client',
  'unsupported_grant_type',
]);

/** Returns what may be told of an error that `renew` threw: its name and its code, which say nothing of the session. */
export function failureOf(thrown: unknown, value: unknown): RenewalFailure {
  const cause = safeCause(thrown, value);
  const code = oauthError(thrown) ?? Reflect.get(cause, 'code');
  return code === undefined ? { name: cause.name } : { name: cause.name, code };
}

/** Returns the error of everybody who waited for a renewal that failed. */
export function refreshFailed(key: string, failure: RenewalFailure): SessionError {
  // A record is hostile, so what it says of a failure is checked as an error is.
  const { name, code } = failureOf(Object.assign(new Error(), failure, { error: failure.code }), null);
  const cause = Object.assign(new Error('The message is withheld: it may hold session data.'), { name });
  const label = code === undefined ? name : `${name}, ${code}`;
  return new SessionError(
    'ERR_SESSION_REFRESH',
    `refresh(${JSON.stringify(key)}): renew failed (${label}). The session and the value are as they were, and the next call ` +
      'tries again. If the provider refuses the token for good, as with invalid_grant, let the visitor sign in again.',
    { cause: code === undefined ? cause : Object.assign(cause, { code }) },
  );
}

/** Returns the error of a caller who has waited long enough. */
export function refreshTimedOut(key: string): SessionError {
  return new SessionError(
    'ERR_SESSION_REFRESH',
    `refresh(${JSON.stringify(key)}): the value was not renewed within its timeout. The next call tries again. Check what renew ` +
      'waits for, or raise the timeout.',
    { cause: renewTimedOut() },
  );
}

/** Returns the error of `renew` that did not end. Its signal has it as the reason. */
export function renewTimedOut(): Error {
  return Object.assign(new Error('renew did not end within the timeout of refresh().'), {
    name: 'TimeoutError',
    code: 'ETIMEDOUT',
  });
}

/** Returns the error of `renew` that returned nothing. */
export function nothingRenewed(): SessionError {
  return new SessionError(
    'ERR_SESSION_DATA',
    'renew returned undefined. Return the new value, and destroy the key or the session elsewhere.',
  );
}

function oauthError(thrown: unknown): string | undefined {
  try {
    const { error } = thrown as { error?: unknown };
    return OAUTH_ERRORS.has(error) ? (error as string) : undefined;
  } catch {
    // It is nothing, or a getter throws.
    return undefined;
  }
}
