/** In bytes; `file` is relative to dist/esm. */
export declare function bundleSize(file: string): Promise<{ minified: number; gzipped: number }>;
