import type { AuditRow, AuditVerdict } from './audit-row.js';
import type { SetUp } from './set-up.js';

/** A requirement of OWASP ASVS 5.0.0, with the rule that judges a set-up by it. */
export interface Requirement extends Pick<AuditRow, 'requirement' | 'level' | 'title' | 'docs'> {
  /** Who meets it: the library whatever the options, the right options, or the app beside them. docs/security.md says the same. */
  readonly by: 'library' | 'settings' | 'app';
  judge(setUp: SetUp): AuditVerdict;
}
