// A program that `fetch-packages.mjs` has unpacked into a folder of this repository.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isExecutable } from './find-executable.mjs';

/** Returns the folder of the packages of this name. */
export function fetchedFolder(name) {
  return fileURLToPath(new URL(`../.tmp/${name}`, import.meta.url));
}

/**
 * Returns the command that starts the program, or undefined if it is not there. It is newer than the libraries of this machine, and
 * is started by the loader that came along.
 *
 * @param path where its package puts it, below `usr`.
 */
export function fetchedProgram(folder, path) {
  const usr = join(folder, 'usr');
  const program = join(usr, path);
  if (!isExecutable(program)) return undefined;
  const libraries = join(usr, 'lib', only(join(usr, 'lib'), /-linux-gnu/));
  const loader = join(libraries, only(libraries, /^ld-linux.*\.so/));
  return [loader, '--library-path', libraries, program];
}

function only(folder, pattern) {
  return readdirSync(folder).find((name) => pattern.test(name)) ?? '';
}
