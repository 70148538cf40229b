/** The first of `names` that is on PATH: an earlier name wins over an earlier folder. */
export declare function findOnPath(...names: string[]): string | undefined;
