// Gets Valkey for the steps `valkey`. Stable Debian has none that compares in SET.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchPackages } from './fetch-packages.mjs';
import { fetchedProgram } from './fetched-program.mjs';
import { fetchedValkey } from './find-valkey.mjs';

/** The suite of Debian that has a version. */
const SUITES = { 8.1: 'trixie', 9: 'sid' };

/** Tells whether it worked, and why not when it did not. */
export function fetchValkey(version) {
  const folder = fetchedValkey(version);
  const patterns = ['^valkey-server$', '^valkey-tools$'];
  const outcome = fetchPackages(folder, { suites: { debian: SUITES[version] }, patterns });
  const command = fetchedProgram(folder, 'bin/valkey-server');
  if (!command) return outcome;
  // Its paths begin where it is itself: the repository may be moved.
  const words = command.map((word) => `"${word.replace(folder, '$here')}"`).join(' ');
  const source = `#!/bin/sh\nhere=$(dirname "$0")\nexec ${words} "$@"\n`;
  writeFileSync(join(folder, 'valkey-server'), source, { mode: 0o755 });
  return outcome;
}
