// Gets MySQL for the full run. It cannot be installed beside MariaDB, and stable Debian has none. So its packages are unpacked into
// a folder of this repository, with the libraries that they need: nothing else on the machine changes.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchedMySql } from './find-mysql.mjs';
import { run } from './install.mjs';

/** Where a system keeps its mirror and key, and the suite that has MySQL, if it is not the system's own. */
const SYSTEMS = [
  { sources: '/etc/apt/sources.list.d/debian.sources', suite: 'sid' },
  { sources: '/etc/apt/sources.list.d/ubuntu.sources' },
];
const SERVER = '^mysql-server-core(-[0-9.]+)?$';
const NO = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];

/** Tells whether it worked, and why not when it did not. */
export function fetchMySql() {
  const system = SYSTEMS.find(({ sources }) => existsSync(sources));
  if (!system) return { error: 'only Debian and Ubuntu have its packages' };
  const work = `${fetchedMySql}.part`;
  rmSync(work, { recursive: true, force: true });
  try {
    const apt = aptIn(work, system);
    apt('apt-get', ['update']);
    const [server] = apt('apt-cache', ['search', '--names-only', SERVER]).split(' ');
    if (!server) return { error: `${system.sources} leads to no MySQL` };
    const options = ['--recurse', ...NO.map((relation) => `--no-${relation}`)];
    const related = apt('apt-cache', ['depends', ...options, server]).split('\n');
    apt('apt-get', ['download', server, ...new Set(related.filter(isLibrary))]);
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

/** Perl is for scripts, which no test runs. */
function isLibrary(name) {
  return /^z?lib/.test(name) && !name.includes('perl');
}

/** Returns a function that calls apt with settings of its own, in this folder. */
function aptIn(folder, { sources, suite }) {
  for (const name of ['sources', 'state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  // The first paragraph is the archive, the next ones are its updates.
  const [archive] = readFileSync(sources, 'utf8').split(/\n\s*\n/);
  const own = suite ? archive.replace(/^Suites:.*/m, `Suites: ${suite}`) : archive;
  writeFileSync(join(folder, 'sources/own.sources'), own);
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
