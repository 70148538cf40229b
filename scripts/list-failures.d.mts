import type { Step } from './count-tests.mjs';

export declare function listFailures(step: Step): string[];
