import type { Step } from './run-steps.mjs';

export declare const steps: readonly (Step & { readonly full?: boolean; readonly needsBuild?: boolean })[];
