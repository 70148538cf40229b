/** Bundles programs of this folder, each as `<name>.mjs`. Returns the folder with them, which its caller removes. */
export declare function bundle(...names: readonly string[]): Promise<string>;
