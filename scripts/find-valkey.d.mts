/** Returns the path of a Valkey server whose version begins with this one, or undefined. One on PATH wins. */
export declare function findValkey(version: string): string | undefined;
