// The versions of Next that contestants run on: 16, which the repository uses, and 15, the last that 1.0.7 runs on.
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const NEXT_15 = `${here}next-15/node_modules/`;
/** A copy of the build: of a link, Node would resolve `next` from the repository. */
const COPY = `${NEXT_15}next-app-session-2/`;

export const NEXT_VERSIONS = ['next-16', 'next-15'];

/** Puts the library as it is built now beside Next 15. */
export function copyLibrary() {
  rmSync(COPY, { recursive: true, force: true });
  for (const part of ['package.json', 'dist']) cpSync(`${here}../${part}`, COPY + part, { recursive: true });
}

/** 1.0.7 is made for bundlers: Node finds neither its main file nor `next/headers` as it writes it. */
export function loadVersion1() {
  const outfile = `${NEXT_15}next-app-session-1.cjs`;
  const entry = `${NEXT_15}next-app-session/dist/index.modern.js`;
  const node = { bundle: true, platform: 'node', format: 'cjs', external: ['next'] };
  buildSync({ entryPoints: [entry], outfile, ...node });
  return createRequire(import.meta.url)(outfile);
}

/** Where a package is for code that runs on this version: `load('next/headers.js')`. */
export function loaderOf(version) {
  const require = createRequire(version === 'next-15' ? NEXT_15 : import.meta.url);
  return (specifier) => import(require.resolve(specifier));
}

/** The library's folder of builds on this version. */
export function libraryOf(version) {
  return version === 'next-15' ? `${COPY}dist/` : `${here}../dist/`;
}

export function nextVersion(version) {
  return createRequire(version === 'next-15' ? NEXT_15 : import.meta.url)('next/package.json').version;
}
