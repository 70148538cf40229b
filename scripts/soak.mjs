// `npm run soak`: see e2e/soak/soak.ts.
import { rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle } from '../e2e/soak/bundle.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const folder = await bundle('soak');
try {
  await import(pathToFileURL(`${folder}/soak.mjs`).href);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
