import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { docBlocks } from '../package/doc-blocks.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A file of the docs, as JavaScript. */
export function documentedModule(page: string, file: string): string {
  const block = docBlocks(readFileSync(join(root, page), 'utf8')).find((one) => one.file === `${file}.ts`);
  return transformSync(block?.code ?? '', { loader: 'ts' }).code;
}

/** Gives an app the driver of this repository, if those that are installed for it have none. */
export function linkDriver(folder: string, driver: string): void {
  if (existsSync(join(dirname(folder), 'node_modules', driver))) return;
  const link = join(folder, 'node_modules', driver);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(root, 'node_modules', driver), link);
}
