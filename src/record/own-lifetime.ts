import { isObject } from '../lib/json.js';
import type { SessionRecord } from '../store-contract/store.js';

/**
 * Returns the lifetime of a record that has its own, in milliseconds: a session ("remember me"), a grace copy, or a record of
 * express-session. `null` for one that follows the options.
 */
export function ownLifetimeMs({ cookie, __session }: SessionRecord): number | null {
  // A shared record of this library has `originalMaxAge` only because express-session wants it.
  if (isObject(__session) && 'format' in __session) {
    return typeof __session.maxAge === 'number' ? __session.maxAge * 1000 : null;
  }
  return typeof cookie?.originalMaxAge === 'number' ? cookie.originalMaxAge : null;
}
