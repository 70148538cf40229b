// `npm run mutation`: changes one place of the sources after the other, and runs the tests that reach it. Takes folders of
// folders.mjs as arguments, or runs all. Fails if a change goes unseen that survivors.json does not list.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folders } from './folders.mjs';
import { resultsTable } from './results-table.mjs';
import { compare, countsOf, knownSurvivors, scoreOf, survivorsOf } from './survivors.mjs';

const LOWEST_SCORE = 90;
const STRYKER = 'scripts/mutation/node_modules/@stryker-mutator/core/bin/stryker.js';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const named = process.argv.slice(2);
const unknown = named.filter((folder) => !Object.hasOwn(folders, folder));
if (unknown.length > 0) {
  console.error(`No such folder: ${unknown.join(', ')}. Folders: ${Object.keys(folders).join(', ')}`);
  process.exit(1);
}

const chosen = named.length > 0 ? named : Object.keys(folders);
const results = chosen.map((folder) => [folder, mutate(folder)]);
for (const [folder, report] of results) judge(folder, report);
if (named.length === 0) writeFileSync('scripts/mutation/results.md', resultsTable(results));

/** Runs Stryker on a folder, with what the last run found out. Returns its report. */
function mutate(folder) {
  const [node, args] = nodeOfStryker();
  const env = { ...process.env, MUTATION_FOLDER: folder };
  const run = spawnSync(node, [...args, STRYKER, 'run', 'scripts/mutation/stryker.config.mjs'], {
    env,
    stdio: 'inherit',
  });
  if (run.status !== 0) {
    console.error(`Stryker failed on ${folder}. Its output above says why.`);
    process.exit(1);
  }
  return JSON.parse(readFileSync(`.tmp/mutation/${basename(folder)}.json`, 'utf8'));
}

/** Stryker 10 needs Node 22. */
function nodeOfStryker() {
  const isNew = Number.parseInt(process.versions.node, 10) >= 22;
  return isNew ? [process.execPath, []] : ['npx', ['--yes', '--package=node@22', '--', 'node']];
}

/** Says what of a report is not as it should be, and lets the process fail then. */
function judge(folder, report) {
  const { added, gone } = compare(survivorsOf(report), knownSurvivors(), Object.keys(report.files));
  const score = scoreOf(countsOf(report));
  console.log(`${folder}: ${score.toFixed(1)} %`);
  if (score < LOWEST_SCORE) fail(`${folder} is below ${LOWEST_SCORE} %.`);
  for (const mutant of added)
    fail(`No test notices, and survivors.json does not list:\n${JSON.stringify(mutant)}`);
  for (const mutant of gone)
    fail(`survivors.json lists what a test notices, or what is gone:\n${JSON.stringify(mutant)}`);
}

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
