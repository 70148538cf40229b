import { digest } from '../lib/digest.js';
import { SessionError } from '../lib/errors.js';

/** The ID of a user, as an app knows them; nothing while nobody is signed in. */
export type UserId = string | number | null | undefined;

/**
 * What a store knows a user by, so that no trace shows who they are; null for nobody. Sessions of another cookie name are
 * those of other users, though both be in one store. Whoever knows the user can tell the key: better an opaque user ID
 * than an e-mail address. No secret is in it, since that may be rotated, and the index must last.
 */
export function userKey(name: string, id: UserId): string | null {
  if (id === null || id === undefined || id === '') return null;
  if (typeof id === 'string' || Number.isFinite(id))
    return digest('sha256', `user\n${name}\n${id}`, 'base64url');
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    'Session option user: the function has to return the ID of a user, a string or a number, or nothing while nobody ' +
      'is signed in.',
  );
}
