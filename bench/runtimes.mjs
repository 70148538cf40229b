// The versions of Node on which contestants are compared: the one that runs the benchmark, and 24.
import { execFileSync } from 'node:child_process';

const MAJOR = Number.parseInt(process.versions.node, 10);

/** Whether packages run here that want Node 22. */
export const isNewNode = MAJOR >= 22;

/** Returns the program of each version, by its name. */
export function runtimes() {
  const node24 = MAJOR === 24 ? process.execPath : fetchNode(24);
  return new Map([
    ['Node 24', node24],
    [`Node ${MAJOR}`, process.execPath],
  ]);
}

/** Returns the path of a version of Node, which npm downloads where it is not there yet. */
function fetchNode(major) {
  const args = ['--yes', `--package=node@${major}`, '--', 'node', '-p', 'process.execPath'];
  return execFileSync('npx', args, { encoding: 'utf8' }).trim();
}
