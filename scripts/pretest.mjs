// Finds what the tests need beside Node, or installs it: npm runs this before `npm test`, and with --full before
// `npm run test:full`.
import { fetchMySql } from './fetch-mysql.mjs';
import { fetchValkey } from './fetch-valkey.mjs';
import { findChromium, wantsHeadlessShell } from './find-chromium.mjs';
import { engines } from './find-engines.mjs';
import { findMariaDb } from './find-mariadb.mjs';
import { findMySql } from './find-mysql.mjs';
import { findPostgres } from './find-postgres.mjs';
import { findRedis } from './find-redis.mjs';
import { findValkey } from './find-valkey.mjs';
import { canUseApt, installWithApt, installWithPlaywright } from './install.mjs';

const needs = [
  {
    name: 'Chromium',
    find: findChromium,
    better: { isWanted: wantsHeadlessShell, aptPackage: 'chromium-headless-shell' },
    aptPackage: 'chromium',
    otherwise: { label: 'npx playwright install chromium', install: installWithPlaywright },
    help: 'run "npx playwright install chromium", install Chrome, or set CHROMIUM_PATH',
  },
  {
    name: 'Redis',
    find: findRedis,
    aptPackage: 'redis-server',
    help: 'install it ("sudo apt-get install redis-server", "brew install redis"), or set REDIS_SERVER_PATH',
  },
  {
    name: 'PostgreSQL',
    find: findPostgres,
    aptPackage: 'postgresql',
    help: 'install it ("sudo apt-get install postgresql", "brew install postgresql"), or set POSTGRES_PATH',
  },
  {
    name: 'MariaDB',
    find: () => findMariaDb()?.server,
    // What it has of its own: `mariadb-server` would run it, and keep a database for the whole machine.
    aptPackage: 'mariadb-server-core mariadb-client-core',
    help: 'install it ("sudo apt-get install mariadb-server", "brew install mariadb"), or set MARIADB_PATH',
  },
  valkey('9', 'valkey'),
];

if (process.argv.includes('--full')) {
  for (const engine of engines) {
    const help = `run "sudo apt-get install ${engine.aptPackage}". Without it, the step "engines" is not run`;
    needs.push({ ...engine, help, isOptional: true });
  }
  needs.push(valkey('8.1', 'valkey 8.1'), {
    name: 'MySQL',
    find: () => findMySql()?.server,
    otherwise: { label: 'packages of the newest Debian', install: fetchMySql },
    help: 'set MYSQL_PATH. Without it, the step "mysql" is not run',
    isOptional: true,
  });
}

const provided = needs.map(provide);
process.exitCode = provided.every(Boolean) ? 0 : 1;

function valkey(version, step) {
  return {
    name: `Valkey ${version}`,
    find: () => findValkey(version),
    otherwise: { label: 'packages of a newer Debian', install: () => fetchValkey(version) },
    help: `put its valkey-server on PATH. Without it, the step "${step}" is not run`,
    isOptional: true,
  };
}

/** Prints one line, a second one while something is being installed. */
function provide(need) {
  try {
    installBetter(need);
    const found = need.find();
    if (found) return report(need, found);
    const reasons = [];
    for (const { label, install } of installers(need)) {
      console.log(`${need.name}: not found, installing it with ${label} …`);
      const { error } = install();
      const installed = need.find();
      if (installed) return report(need, `${installed} (installed)`);
      reasons.push(`${label}: ${error ?? 'ended well, but the program is still not there'}`);
    }
    const tried = reasons.length > 0 ? ` Tried ${reasons.join('; ')}.` : '';
    console.error(`${need.name}: missing. To get it, ${need.help}.${tried}`);
    return need.isOptional === true;
  } catch (error) {
    console.error(`${need.name}: ${error.message}`);
  }
  return false;
}

/** Where that fails, what is found otherwise is good enough. */
function installBetter({ name, better }) {
  if (!better?.isWanted() || !canUseApt()) return;
  console.log(`${name}: installing it with apt-get install ${better.aptPackage} …`);
  installWithApt(better.aptPackage);
}

function installers({ aptPackage, otherwise }) {
  const apt = { label: `apt-get install ${aptPackage}`, install: () => installWithApt(aptPackage) };
  return [aptPackage && canUseApt() && apt, otherwise].filter(Boolean);
}

function report({ name }, where) {
  console.log(`${name}: ${where}`);
  return true;
}
