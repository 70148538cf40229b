import { digest } from '../lib/digest.js';
import { SessionError } from '../lib/errors.js';

/** The ID of a user, as the app knows it. Nothing while nobody is signed in. */
export type UserId = string | number | null | undefined;

/**
 * Returns what a store knows a user by, so that no trace shows the user; null for nobody. Each cookie name has its own users.
 * The key is a plain hash: who guesses the ID can find the key, so an opaque ID is better than an e-mail address. It has no
 * secret in it, because a secret may be rotated and the index must last.
 *
 * @throws ERR_SESSION_OPTIONS if the ID is neither a string nor a number.
 */
export function userKey(name: string, id: UserId): string | null {
  if (id === null || id === undefined || id === '') return null;
  if (typeof id === 'string' || Number.isFinite(id))
    return digest('sha256', `user\n${name}\n${id}`, 'base64url');
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    'Session option user: return the ID of the user, a string or a number, or nothing while nobody is signed in.',
  );
}
