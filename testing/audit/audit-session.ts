import { internalsOf } from '../../src/session-internals.js';
import { checkTestOptions, misuse } from '../store/misuse.js';
import type { AuditLevel, AuditRow } from './audit-row.js';
import { cookieRequirements } from './cookie-requirements.js';
import type { Requirement } from './requirement.js';
import { sessionRequirements } from './session-requirements.js';
import { readSetUp } from './set-up.js';

export interface AuditOptions {
  /** The level to judge by: its rows and those of the levels below it. Level 3 wants shorter timeouts than level 2. @default 3 */
  level?: AuditLevel | undefined;
}

/** The requirements of OWASP ASVS 5.0.0 about sessions: section V3.3 and chapter V7, in their order. */
export const asvsRequirements: readonly Requirement[] = [...cookieRequirements, ...sessionRequirements];

/**
 * Judges an app's set-up by OWASP ASVS 5.0.0: each requirement of section V3.3 (the cookie) and chapter V7 (sessions). A row says
 * whether these options meet it (`met`), do not meet it (`setting`, with the fix), or whether your app has to (`app`). The table
 * is in docs/security.md.
 *
 * It judges what production gets: `cookie.secure`, if it was left out, counts as true. What your session module itself chooses by
 * NODE_ENV is seen only if the module is loaded with NODE_ENV=production.
 *
 * It is async because it opens the store, if a function makes it, and calls your own `genid` 1,024 times, which may be async too.
 * Close what your `store` function has connected. It reads and writes no session.
 *
 * @param session the function that the app's `nextAppSession(…)` returned.
 * @throws ERR_SESSION_TESTING if `session` is something else, or for a level that does not exist; ERR_SESSION_ID for a malformed
 * ID of `genid`; what the `store` function throws, as ERR_SESSION_STORE.
 * @example
 * const rows = await auditSession(session, { level: 2 });
 * expect(rows.filter(({ status }) => status === 'setting')).toEqual([]);
 */
export async function auditSession(session: object, options: AuditOptions = {}): Promise<AuditRow[]> {
  const internals = internalsOf(session);
  if (!internals) throw misuse('auditSession takes the function that nextAppSession returned.');
  checkTestOptions('auditSession', options, ['level']);
  const { level = 3 } = options;
  if (![1, 2, 3].includes(level)) throw misuse('auditSession option level: give 1, 2 or 3.');
  const setUp = await readSetUp(internals, level);
  return asvsRequirements
    .filter((row) => row.level <= level)
    .map(({ judge, requirement, level, title, docs }) => ({
      requirement,
      level,
      title,
      ...judge(setUp),
      docs,
    }));
}
