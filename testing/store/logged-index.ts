import type { UserIndex } from '../../src/store-contract/store.js';
import type { CallLog, CallReport } from './call-log.js';

/** Returns an index whose calls are in the log. */
export function loggedIndex(users: UserIndex<object>, log: CallLog): UserIndex<object> {
  const ok = (): CallReport => ({ outcome: 'ok' });
  return {
    add: (user, entry, options) => log.run('index', options, () => users.add(user, entry, options), ok),
    remove: (user, keys, options) => log.run('unindex', options, () => users.remove(user, keys, options), ok),
    list: (user, page, options) => log.run('list', options, () => users.list(user, page, options), ok),
    revoke: (user, choice, options) =>
      log.run('revoke', options, () => users.revoke(user, choice, options), ok),
  };
}
