// How large an entry of the built package is in a bundle, minified, without what an app has anyway.
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const EXTERNAL = ['next', '@opentelemetry/api', 'nanoid', 'cookie-signature'];

/** In bytes; `file` is relative to dist/esm. */
export async function bundleSize(file) {
  const entry = fileURLToPath(new URL(`../dist/esm/${file}`, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    external: EXTERNAL,
    write: false,
  });
  const [{ contents }] = outputFiles;
  return { minified: contents.length, gzipped: gzipSync(contents).length };
}
