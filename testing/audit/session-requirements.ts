import { app, met } from './audit-row.js';
import { judgeAbsolute, judgeIdle, timesOf } from './lifetime-rules.js';
import type { Requirement } from './requirement.js';
import { judgeIds, judgeSignIn, judgeVerification } from './token-rules.js';
import { judgeEnd, judgeLimit, withUsers } from './user-rules.js';

/** Chapter V7, "Session Management". */
export const sessionRequirements: readonly Requirement[] = [
  {
    requirement: '7.1.1',
    level: 2,
    title: 'The timeouts are written down, with reasons where they depart from NIST SP 800-63B',
    docs: 'docs/sessions.md#timeouts',
    by: 'app',
    judge: timesOf,
  },
  {
    requirement: '7.1.2',
    level: 2,
    title: 'It is written down how many sessions an account may have, and what happens beyond that',
    docs: 'docs/sessions.md#how-many-sessions-a-user-may-have',
    by: 'settings',
    judge: judgeLimit,
  },
  {
    requirement: '7.1.3',
    level: 2,
    title: 'All systems of a single sign-on are written down, with how their sessions end together',
    docs: 'docs/recipes.md#back-channel-logout-openid-connect',
    by: 'app',
    judge: () =>
      app('If an identity provider signs your users in, write down which systems share that sign-in.'),
  },
  {
    requirement: '7.2.1',
    level: 1,
    title: 'A trusted service on the server verifies each session token',
    docs: 'docs/security.md#the-id-and-its-cookie',
    by: 'settings',
    judge: judgeVerification,
  },
  {
    requirement: '7.2.2',
    level: 1,
    title: 'Session tokens are made for each session, and are no static keys',
    docs: 'docs/security.md#the-id-and-its-cookie',
    by: 'library',
    judge: () => met('Each session has an ID that is made for it.'),
  },
  {
    requirement: '7.2.3',
    level: 1,
    title: 'IDs are unique, and have 128 bits from a CSPRNG',
    docs: 'docs/security.md#the-id-and-its-cookie',
    by: 'library',
    judge: judgeIds,
  },
  {
    requirement: '7.2.4',
    level: 1,
    title: 'A sign-in or re-authentication makes a new token and ends the old one',
    docs: 'docs/sessions.md#sign-in-sign-out',
    by: 'app',
    judge: judgeSignIn,
  },
  {
    requirement: '7.3.1',
    level: 2,
    title: 'A session that is not used ends',
    docs: 'docs/sessions.md#timeouts',
    by: 'settings',
    judge: judgeIdle,
  },
  {
    requirement: '7.3.2',
    level: 2,
    title: 'A session ends after an absolute time',
    docs: 'docs/sessions.md#timeouts',
    by: 'settings',
    judge: judgeAbsolute,
  },
  {
    requirement: '7.4.1',
    level: 1,
    title: 'A session that has ended cannot be used any more',
    docs: 'docs/security.md#the-life-of-a-session',
    by: 'library',
    judge: judgeEnd,
  },
  {
    requirement: '7.4.2',
    level: 1,
    title: 'All sessions of an account end when it is disabled or deleted',
    docs: 'docs/sessions.md#where-a-user-is-signed-in',
    by: 'settings',
    judge: withUsers('Call session.user(id).revokeAll() where you disable or delete an account.'),
  },
  {
    requirement: '7.4.3',
    level: 2,
    title: 'A user who changes a password or another factor may end all other sessions',
    docs: 'docs/sessions.md#where-a-user-is-signed-in',
    by: 'settings',
    judge: withUsers('Offer session.user(id).revokeOthers() after a change of a password or another factor.'),
  },
  {
    requirement: '7.4.4',
    level: 2,
    title: 'Each page behind a sign-in shows how to sign out',
    docs: 'docs/protect.md#sign-out-by-post-links-are-prefetched',
    by: 'app',
    judge: () => app('Show a button that calls destroy() on each page behind the sign-in.'),
  },
  {
    requirement: '7.4.5',
    level: 2,
    title: 'Administrators can end the sessions of one user, or of all',
    docs: 'docs/recipes.md#end-everybodys-sessions',
    by: 'settings',
    judge: withUsers(
      'Give administrators session.user(id).revokeAll(), and a way to end all sessions: a new secret in place of the old one.',
    ),
  },
  {
    requirement: '7.5.1',
    level: 2,
    title: 'A user signs in again before a change of what signs them in or recovers the account',
    docs: 'docs/recipes.md#the-password-again-before-what-cannot-be-undone',
    by: 'app',
    judge: () => app('Ask for all factors before such a change, unless info().regeneratedAt is recent.'),
  },
  {
    requirement: '7.5.2',
    level: 2,
    title: 'Users see their sessions, and end any of them after they have signed in again',
    docs: 'docs/sessions.md#where-a-user-is-signed-in',
    by: 'settings',
    judge: withUsers(
      'Show session.user(id).list() on an account page, and ask for a factor before revoke() and revokeOthers().',
    ),
  },
  {
    requirement: '7.5.3',
    level: 3,
    title: 'A highly sensitive action asks for a further factor or a second confirmation',
    docs: 'docs/recipes.md#the-password-again-before-what-cannot-be-undone',
    by: 'app',
    judge: () => app('Ask for a factor before each such action: that a session is live does not do.'),
  },
  {
    requirement: '7.6.1',
    level: 2,
    title: 'Sessions of the app and of its identity provider end as it is written down',
    docs: 'docs/recipes.md#back-channel-logout-openid-connect',
    by: 'app',
    judge: () => app('With an identity provider, copy back-channel logout, and ask it for max_age.'),
  },
  {
    requirement: '7.6.2',
    level: 2,
    title: 'No session begins without the consent or an action of the user',
    docs: 'docs/sessions.md#sign-in-sign-out',
    by: 'app',
    judge: () =>
      app(
        'A read begins no session. Sign nobody in by a page that another site can open or send in the background.',
      ),
  },
];
