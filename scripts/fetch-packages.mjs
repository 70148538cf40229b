// Gets programs that cannot be installed beside those of the machine, or that its own release does not have. Their packages are
// unpacked into a folder of this repository, with the libraries that they need: nothing else on the machine changes.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './install.mjs';

/** Where a system keeps its mirror and key. */
const SYSTEMS = {
  debian: '/etc/apt/sources.list.d/debian.sources',
  ubuntu: '/etc/apt/sources.list.d/ubuntu.sources',
};
const NO = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];

/**
 * Unpacks packages, each the first that a pattern finds. Tells whether it worked, and why not when it did not.
 *
 * @param folder where they go.
 * @param suites for each system that has the packages, the suite that they are in: null for the system's own.
 */
export function fetchPackages(folder, { suites, patterns }) {
  const system = Object.keys(suites).find((name) => existsSync(SYSTEMS[name]));
  if (!system) return { error: `no packages of ${Object.keys(suites).join(' or ')}` };
  const work = `${folder}.part`;
  rmSync(work, { recursive: true, force: true });
  try {
    const apt = aptIn(work, SYSTEMS[system], suites[system]);
    apt('apt-get', ['update']);
    const found = patterns.map(
      (pattern) => apt('apt-cache', ['search', '--names-only', pattern]).split(' ')[0],
    );
    if (!found.every(Boolean)) return { error: `${SYSTEMS[system]} leads to none` };
    const options = ['--recurse', ...NO.map((relation) => `--no-${relation}`)];
    const related = apt('apt-cache', ['depends', ...options, ...found]).split('\n');
    apt('apt-get', ['download', ...new Set([...found, ...related.filter(isLibrary)])]);
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb'))) {
      succeed('dpkg', ['--extract', file, 'root'], work);
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(work, 'root'), folder);
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
function aptIn(folder, sources, suite) {
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
