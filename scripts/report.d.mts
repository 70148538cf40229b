import type { Outcome, Step } from './run-steps.mjs';

/** Returns the lines: a table, what failed, and the counts. */
export declare function report(outcomes: readonly Outcome[], chosen: readonly Step[]): string[];

/** Whether a step failed that is not only reported. */
export declare function hasFailed(outcomes: readonly Outcome[]): boolean;
