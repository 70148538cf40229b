import { type AuditVerdict, app, met, setting } from './audit-row.js';
import type { SetUp } from './set-up.js';

/**
 * The longest times that NIST SP 800-63B-4 names for AAL2 (2.2.3) and AAL3 (2.3.3), in seconds. It requires ("SHALL") the 12
 * hours, and recommends ("SHOULD") the other three. ASVS leaves the values to the app, and asks it to give reasons where it departs
 * from NIST. Its levels 2 and 3 are taken for AAL2 and AAL3 here.
 */
const LIMITS = {
  idle: { 2: 3600, 3: 900 },
  absolute: { 2: 86_400, 3: 43_200 },
} as const;

/** Section 7.1.1 asks for the reason of each departure. */
const OTHERWISE = 'or write down why yours may be longer (7.1.1), and leave this row out of the test';

/** Returns what 7.3.1 says. Each session may have a lifetime that code gives it, which no option shows. */
export function judgeIdle({ options: { expiry }, level }: SetUp): AuditVerdict {
  return judge('idleTimeout', expiry.idleMs, 'idle', level);
}

/** Returns what 7.3.2 says. Without an absolute timeout, a session that is used lives for ever. */
export function judgeAbsolute({ options: { expiry }, level }: SetUp): AuditVerdict {
  return judge('absoluteTimeout', expiry.absoluteMs, 'absolute', level);
}

/** Returns what 7.1.1 is about: the two times, for the app to write down. */
export function timesOf({ options: { expiry } }: SetUp): AuditVerdict {
  const absolute = expiry.absoluteMs === null ? 'not set' : seconds(expiry.absoluteMs);
  return app(
    `Write down both timeouts, and why: idleTimeout is ${seconds(expiry.idleMs)}, absoluteTimeout is ${absolute}. ` +
      'Do the same for each maxAge that your code gives to regenerate() or touch().',
  );
}

function judge(
  option: string,
  ms: number | null,
  which: keyof typeof LIMITS,
  level: SetUp['level'],
): AuditVerdict {
  const limits = LIMITS[which];
  const limit = level === 3 ? limits[3] : limits[2];
  if (ms !== null && ms <= limit * 1000)
    return met(
      `${option} is ${seconds(ms)}. No option shows a maxAge that your code gives to one session: look for it.`,
    );
  return setting(
    `${option} is ${ms === null ? 'not set: a session lives as long as it is used' : seconds(ms)}.`,
    `Set ${option} to ${limits[2]} or less for level 2, to ${limits[3]} or less for level 3 (NIST SP 800-63B-4, AAL2 and AAL3), ${OTHERWISE}.`,
  );
}

function seconds(ms: number): string {
  return `${ms / 1000} seconds`;
}
