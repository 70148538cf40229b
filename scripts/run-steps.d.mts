import type { Step as CountedStep } from './count-tests.mjs';

/** See `steps.mjs`. */
export interface Step extends CountedStep {
  readonly name: string;
  readonly args: readonly string[];
  readonly stopOnFailure?: boolean;
  readonly reported?: boolean;
  readonly waits?: boolean;
  readonly missing?: () => readonly string[];
  readonly runtime?: string;
}

export interface Outcome {
  readonly step: Step;
  readonly ms: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
  readonly slowFiles: readonly { readonly file: string; readonly ms: number }[];
  /** Why the step was ended before it ended itself. */
  readonly ended?: string;
  readonly lastLines: readonly string[];
}

export declare function runSteps(
  steps: readonly Step[],
  options: {
    readonly stepMinutes: number;
    readonly stop: AbortSignal;
    readonly full?: boolean;
    readonly print?: (line: string) => void;
    readonly patienceMs?: number;
  },
): Promise<Outcome[]>;

/** Whether all programs are here that the step needs. */
export declare function canRun(step: Step): boolean;

export declare function timeLimit(
  limitMinutes: number,
  reason: string,
): { readonly signal: AbortSignal; clear(): void };
