// The soak is TypeScript, and runs outside of a test runner: its programs are bundled for any Node.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

/** Bundles programs of this folder. They belong into the repository: only there is the package found by its name. */
export async function bundle(...names) {
  mkdirSync('.tmp', { recursive: true });
  const folder = mkdtempSync(resolve('.tmp', 'soak-'));
  await build({
    entryPoints: names.map((name) => `e2e/soak/${name}.ts`),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  return folder;
}
