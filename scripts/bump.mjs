// `npm run bump`: makes a version of the files in .changeset. It writes the number wherever it stands, the changelog, and what the
// pages install.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { installedName } from './installed-name.mjs';

const CHANGESETS = '@changesets/cli@2.31.1';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const manifest = readFileSync('package.json', 'utf8');
const version = takeChangesets();

replaceIn('package.json', /(?<="version": ")[^"]+/, version);
replaceIn('src/telemetry/version.ts', /(?<=VERSION = ')[^']+/, version);
for (const page of ['README.md', 'docs/llms.txt', 'docs/migration.md']) {
  replaceIn(page, /(?<= (?:install|add) )next-app-session(@\w+)?/g, installedName(version));
}
npm('install', '--package-lock-only', '--omit-lockfile-registry-resolved', '--no-audit', '--no-fund');
console.log(`${version}: read CHANGELOG.md, commit, and tag the commit v${version}.`);

/**
 * Returns the version that the changesets lead to. Changesets takes the workspaces for all the packages that there are, so
 * it gets a manifest without them, and sees the package at the root.
 */
function takeChangesets() {
  try {
    writeFileSync('package.json', JSON.stringify({ ...JSON.parse(manifest), workspaces: undefined }));
    npm('exec', '--yes', `--package=${CHANGESETS}`, '--', 'changeset', 'version');
    return JSON.parse(readFileSync('package.json', 'utf8')).version;
  } finally {
    writeFileSync('package.json', manifest);
  }
}

function npm(...args) {
  execFileSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' });
}

function replaceIn(file, pattern, text) {
  writeFileSync(file, readFileSync(file, 'utf8').replace(pattern, text));
}
