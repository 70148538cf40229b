import { SessionError } from 'next-app-session';
import { WWWAuthenticateChallengeError } from 'openid-client';
import { renewTokens, type Tokens } from './oauth';
import { session } from './session';

/** Returns tokens that the provider takes, or null if nobody is signed in with it. Works wherever `session()` does. */
export async function freshTokens(): Promise<Tokens | null> {
  return session().refresh('tokens', {
    // Some seconds early: a token must not end on its way to the provider.
    isFresh: ({ expiresAt }, { now }) => expiresAt > now + 5_000,
    renew: (tokens, { signal }) => renewTokens(tokens, signal),
  });
}

/** Returns whether an error says that the provider no longer takes what it gave this user, who then has to sign in again. */
export function needsSignIn(error: unknown): boolean {
  if (error instanceof WWWAuthenticateChallengeError) return true;
  return isNotRenewed(error) && Reflect.get(Object(error.cause), 'code') === 'invalid_grant';
}

/** Returns whether an error says that the token was not renewed, perhaps for a moment only. */
export function isNotRenewed(error: unknown): error is SessionError {
  return SessionError.is(error) && error.code === 'ERR_SESSION_REFRESH';
}
