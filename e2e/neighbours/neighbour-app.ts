import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFiles, CONFIG, type Files } from '../versions/documented-app.js';
import { NextApp } from '../versions/next-app.js';
import { documented } from '../versions/variants.js';

export type Neighbour = 'express-session' | 'next-session' | 'iron-session' | 'auth-js';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Returns the files of a folder beside this file, by their paths in it. */
export function filesIn(folder: string): Files {
  const entries = readdirSync(join(here, folder), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    paths.map((path) => [relative(join(here, folder), path), readFileSync(path, 'utf8')]),
  );
}

/** What create-next-app sets. The apps of the docs have what `tsc --init` sets too, which iron-session's types do not pass. */
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2017',
    lib: ['dom', 'dom.iterable', 'esnext'],
    skipLibCheck: true,
    strict: true,
    noEmit: true,
    esModuleInterop: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    isolatedModules: true,
    jsx: 'react-jsx',
    paths: { '@/*': ['./*'] },
  },
  include: ['next-env.d.ts', '**/*.ts', '**/*.tsx', '.next/types/**/*.ts'],
  exclude: ['node_modules'],
};

/** Builds an app of Next with the packages that are pinned for a neighbour. */
export async function buildNeighbour(
  tarball: string,
  neighbour: Neighbour,
  side: 'before' | 'after',
  files: Files,
): Promise<NextApp> {
  const name = `${side} the move from ${neighbour}`;
  const app = new NextApp({ ...documented, name, install: `../neighbours/${neighbour}`, sources: [] });
  await buildFiles(app, tarball, {
    ...filesIn('../versions/documented'),
    ...(side === 'before' ? { 'tsconfig.json': JSON.stringify(TSCONFIG) } : CONFIG),
    ...filesIn(`${neighbour}/${side}`),
    ...files,
  });
  return app;
}
