// Builds dist/esm and dist/cjs with tsc; the folder's own package.json tells Node which is CommonJS. The modules of
// dist/esm are then put together, an entry a file and in chunks what entries share: Node takes half a millisecond to
// load a module.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const esm = join(root, 'dist/esm');
/** Stays as tsc made it: it imports a module that is not there, and bundlers show its comment. */
const browser = join(esm, 'src/browser.js');
const tsc = (project) =>
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project], {
    cwd: root,
    stdio: 'inherit',
  });

rmSync(join(root, 'dist'), { recursive: true, force: true });
tsc('tsconfig.build.json');
tsc('tsconfig.cjs.json');
await writePage();
writeFileSync(join(root, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n');

const { outputFiles } = await build({
  // Alone in its chunk, what the others import before Next stays before Next.
  entryPoints: [...entries(), join(esm, 'src/scope/next-environment.js')],
  outbase: esm,
  outdir: esm,
  chunkNames: 'chunks/[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  packages: 'external',
  write: false,
});
for (const file of readdirSync(esm, { recursive: true })) {
  if (file.endsWith('.js') && join(esm, file) !== browser) rmSync(join(esm, file));
}
for (const { path, contents } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
}

/** Puts the page of the studio into the module that its server sends it from. */
async function writePage() {
  const page = join(root, 'studio/page');
  const { outputFiles } = await build({
    entryPoints: { studio: join(page, 'main.tsx'), style: join(page, 'studio.css') },
    outdir: page,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2023', 'chrome123', 'firefox120', 'safari17.5'],
    write: false,
  });
  const built = (extension) => outputFiles.find(({ path }) => path.endsWith(extension)).text;
  const files = {
    '/': { type: 'text/html; charset=utf-8', body: readFileSync(join(page, 'index.html'), 'utf8') },
    '/studio.js': { type: 'text/javascript; charset=utf-8', body: built('.js') },
    '/studio.css': { type: 'text/css; charset=utf-8', body: built('.css') },
  };
  const json = JSON.stringify(files);
  writeFileSync(join(esm, 'studio/server/page-files.js'), `export const PAGE_FILES = ${json};\n`);
  writeFileSync(join(root, 'dist/cjs/studio/server/page-files.js'), `exports.PAGE_FILES = ${json};\n`);
}

/** The ESM files that the package's manifest names, but for `browser`. */
function entries() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return [...new Set(JSON.stringify(exports).match(/dist\/esm\/[\w/-]+\.js/g))]
    .map((file) => join(root, file))
    .filter((file) => file !== browser);
}
