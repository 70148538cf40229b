export declare const COOKIE: string;
export function useJar(jar: object): Record<string, unknown>;
