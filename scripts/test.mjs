// `npm test`: runs every step, or those that are named: node scripts/test.mjs unit package
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { countTests } from './count-tests.mjs';
import { listFailures } from './list-failures.mjs';
import { steps } from './steps.mjs';

/** A step takes 6 minutes at the most on two quiet cores, and twice to three times as long on busy ones. */
const STEP_LIMIT_MS = 30 * 60_000;
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const chosen = chooseSteps(process.argv.slice(2));
const outcomes = [];
for (const step of chosen) {
  const outcome = await run(step);
  outcomes.push(outcome);
  if (outcome.failed > 0 && step.stopOnFailure) break;
}
printTable(outcomes);
const notRun = chosen.slice(outcomes.length).map(({ name }) => name);
for (const { name, failed, failures } of outcomes) {
  for (const failure of failures) console.log(`failed in ${name}: ${failure}`);
  if (failed > 0 && failures.length === 0) console.log(`failed in ${name}: the step itself, see its output`);
}
if (notRun.length > 0) console.log(`not run, as ${outcomes.at(-1).name} failed: ${notRun.join(', ')}\n`);
const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map((key) =>
  outcomes.reduce((sum, outcome) => sum + outcome[key], 0),
);
process.exitCode = failed > 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);

/** All steps, or the named ones with the build that they read. */
function chooseSteps(names) {
  if (names.length === 0) return steps;
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(`No such step: ${unknown.join(', ')}. Steps: ${steps.map(({ name }) => name).join(', ')}`);
    process.exit(1);
  }
  const named = steps.filter((step) => names.includes(step.name));
  const needsBuild = named.some((step) => step.needsBuild);
  return steps.filter((step) => named.includes(step) || (needsBuild && step.name === 'build'));
}

async function run(step) {
  console.log(`\n--- ${step.name}: node ${step.args.join(' ')}`);
  if (step.results) rmSync(step.results.file, { force: true });
  const started = performance.now();
  const succeeded = await succeeds(step.args);
  const ms = performance.now() - started;
  return { name: step.name, ms, ...countTests(step, succeeded), failures: listFailures(step) };
}

/** Streams what the step prints. */
function succeeds(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: STEP_LIMIT_MS,
    });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.on('exit', (code, signal) => {
      if (signal) {
        const minutes = STEP_LIMIT_MS / 60_000;
        console.error(`This step was ended by ${signal}. A step may take ${minutes} minutes.`);
      }
      resolve(code === 0);
    });
  });
}

function printTable(rows) {
  const line = (name, ...columns) =>
    console.log(name.padEnd(14) + columns.map((column) => String(column).padStart(9)).join(''));
  console.log();
  line('step', 'passed', 'failed', 'skipped', 'time');
  for (const { name, passed, failed, skipped, ms } of rows) {
    line(name, passed, failed, skipped, `${(ms / 1000).toFixed(1)} s`);
  }
  console.log();
}
