// Looks for programs the way a shell does, without one.
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The first of `names` that is on PATH: an earlier name wins over an earlier folder. */
export function findOnPath(...names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return names.flatMap((name) => folders.map((folder) => join(folder, name + suffix))).find(isExecutable);
}

/** The program that an environment variable names. A variable that names no program is a mistake to tell. */
export function fromEnvironment(variable) {
  const file = process.env[variable];
  if (!file) return undefined;
  if (isExecutable(file)) return file;
  throw new Error(`${variable} is ${file}, and no program is there. Correct it or unset it.`);
}
