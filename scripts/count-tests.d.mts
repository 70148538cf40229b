export interface Step {
  readonly results?: { readonly format: 'vitest' | 'playwright'; readonly file: string };
}

export declare function countTests(
  step: Step,
  succeeded: boolean,
): { passed: number; failed: number; skipped: number };
