/** Whether this process belongs to a full run. */
export declare const isFullRun: boolean;

/** Returns the environment of a step. */
export declare function environmentOf(run: { readonly full: boolean }): NodeJS.ProcessEnv;
