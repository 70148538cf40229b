import { type AuditVerdict, app, met, setting } from './audit-row.js';
import type { SetUp } from './set-up.js';

const USER_FIX = 'Set the user option: user: (data) => data.userId.';

/** Returns what is left to the app where users have their sessions, and the fix where they have none. */
export function withUsers(left: string): (setUp: SetUp) => AuditVerdict {
  return ({ options }) =>
    options.user
      ? app(left)
      : setting('Without the user option nobody can find the sessions of a user.', USER_FIX);
}

/** Returns what 7.1.2 says. */
export function judgeLimit({ options: { sessionLimit } }: SetUp): AuditVerdict {
  if (sessionLimit)
    return app(
      `maxSessions is set. Write it down, and what a sign-in beyond it does: onSessionLimit is '${sessionLimit.onReached}'.`,
    );
  return setting(
    'A user may have any number of sessions.',
    'Set maxSessions and onSessionLimit, or write down why there is no limit, and leave this row out of the test.',
  );
}

/** Returns what 7.4.1 says: without compare and swap, a slow request writes back a session that has ended. */
export function judgeEnd({ store, hashesIds }: SetUp): AuditVerdict {
  if (!store.atomic)
    return setting(
      'The store cannot compare and swap, so a slow request may write back a session that has ended.',
      'Use RedisStore or SqlStore, or give the store the capability "atomic".',
    );
  if (!hashesIds)
    return app(
      'This library writes no session back that has ended. If express-session shares the records, its slow requests may.',
    );
  return met('The record is deleted, and no slow request writes it back.');
}
