// Gets MySQL for the full run. Stable Debian has MariaDB in its place, and the two cannot be installed together. So it comes from
// the newest suite, with the libraries that it needs, into a folder of this repository: nothing else on the machine changes.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchedMySql } from './find-mysql.mjs';
import { run } from './install.mjs';

/** The mirror of this machine, and its key. */
const SOURCES = '/etc/apt/sources.list.d/debian.sources';
const SUITE = 'sid';
const SERVER = 'mysql-server-core';
const NO = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];

/** Tells whether it worked, and why not when it did not. */
export function fetchMySql() {
  const work = `${fetchedMySql}.part`;
  rmSync(work, { recursive: true, force: true });
  try {
    const apt = aptIn(work);
    apt('apt-get', ['update']);
    const options = ['--recurse', ...NO.map((relation) => `--no-${relation}`)];
    const needed = apt('apt-cache', ['depends', ...options, SERVER])
      .split('\n')
      .filter(isNeeded);
    apt('apt-get', ['download', ...new Set(needed)]);
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      succeed('dpkg', ['--extract', file, 'root'], work);
    }
    rmSync(fetchedMySql, { recursive: true, force: true });
    renameSync(join(work, 'root'), fetchedMySql);
    return {};
  } catch (error) {
    return { error: error.message };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The server and libraries. Perl is for its scripts. */
function isNeeded(name) {
  return name === SERVER || (/^z?lib/.test(name) && !name.includes('perl'));
}

/** Returns a function that calls apt with settings of its own, in this folder. */
function aptIn(folder) {
  for (const name of ['sources', 'state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  // The first paragraph is the archive, the next ones are its updates.
  const [archive] = readFileSync(SOURCES, 'utf8').split(/\n\s*\n/);
  writeFileSync(join(folder, 'sources/newest.sources'), archive.replace(/^Suites:.*/m, `Suites: ${SUITE}`));
  // As if nothing were installed.
  writeFileSync(join(folder, 'state/status'), '');
  const settings = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(folder, 'sources'),
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'state/status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return (program, args) => succeed(program, [...options, ...args], folder);
}

/** Returns what it prints. */
function succeed(program, args, cwd) {
  const { error, output } = run(program, args, { cwd });
  if (error) throw new Error(error);
  return output;
}
