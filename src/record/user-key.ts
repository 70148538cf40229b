import { digest } from '../lib/digest.js';
import { SessionError } from '../lib/errors.js';
import { hearFailure } from '../lib/native-promise.js';

/** The ID of a user, as the app knows it. Nothing while nobody is signed in. */
export type UserId = string | number | null | undefined;

/** What the `user` option returns: one ID, or several, each of which lists and revokes the session. */
export type UserIds = UserId | readonly UserId[];

/** How many users one session may have. Each is an entry of an index, with store calls of its own. */
export const MAX_USERS = 8;

/**
 * Returns what a store knows a user by, so that no trace shows the user; null for nobody. Each cookie name has its own users.
 * The key is a plain hash: who guesses the ID can find the key, so an opaque ID is better than an e-mail address. It has no
 * secret in it, because a secret may be rotated and the index must last.
 *
 * @throws ERR_SESSION_OPTIONS if the ID is neither a string nor a number.
 */
export function userKey(name: string, id: UserId): string | null {
  return isUserId(id) ? keyOf(name, id) : null;
}

/**
 * Returns the keys of all users that a session has, each once, in the order of their IDs.
 *
 * @throws ERR_SESSION_OPTIONS for too many, and for one that is no ID.
 */
export function userKeys(name: string, ids: UserIds): readonly string[] {
  const keys = new Set<string>();
  for (const id of userIds(ids)) {
    keys.add(keyOf(name, id));
    if (keys.size > MAX_USERS) throw tooManyUsers();
  }
  return [...keys];
}

/** Returns the IDs among what the `user` option returned. */
export function userIds(ids: UserIds): (string | number)[] {
  return [ids].flat().filter(isUserId);
}

function isUserId(id: UserId): id is string | number {
  return id !== null && id !== undefined && id !== '';
}

function keyOf(name: string, id: string | number): string {
  if (typeof id === 'string' || Number.isFinite(id))
    return digest('sha256', `user\n${name}\n${id}`, 'base64url');
  hearFailure(id);
  throw new SessionError(
    'ERR_SESSION_OPTIONS',
    'Session option user: return the ID of the user, a string or a number, or an array of such IDs, or nothing while ' +
      'nobody is signed in.',
  );
}

function tooManyUsers(): SessionError {
  return new SessionError(
    'ERR_SESSION_OPTIONS',
    `Session option user: return ${MAX_USERS} IDs at most. Each is an entry in an index, and costs store calls.`,
  );
}
