/** A level of OWASP ASVS 5.0.0. Each includes those below it. */
export type AuditLevel = 1 | 2 | 3;

/** What the audit of a set-up says about a requirement. */
export type AuditVerdict =
  /** The library and these options meet it. */
  | { readonly status: 'met'; readonly because: string }
  /** These options do not meet it. `fix` says what to change. */
  | { readonly status: 'setting'; readonly because: string; readonly fix: string }
  /** No option can meet it. `because` says what is left to the app. */
  | { readonly status: 'app'; readonly because: string };

/** A requirement of OWASP ASVS 5.0.0, and whether a set-up meets it. */
export type AuditRow = AuditVerdict & {
  /** Its number, such as `'7.3.1'`. */
  readonly requirement: string;
  /** The lowest level that has it. */
  readonly level: AuditLevel;
  /** What it asks for, in short. The standard itself has the exact words. */
  readonly title: string;
  /** The section of this library's docs that says how to meet it, such as `'docs/sessions.md#timeouts'`. */
  readonly docs: string;
};

export function met(because: string): AuditVerdict {
  return { status: 'met', because };
}

export function setting(because: string, fix: string): AuditVerdict {
  return { status: 'setting', because, fix };
}

export function app(because: string): AuditVerdict {
  return { status: 'app', because };
}
