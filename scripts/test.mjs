// `npm test`: runs every step, or those that are named: node scripts/test.mjs unit package
// `npm run test:full`: with --full, the whole matrix and the steps of the full run too.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hasFailed, report } from './report.mjs';
import { canRun, runSteps, timeLimit } from './run-steps.mjs';
import { steps } from './steps.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { full: { type: 'boolean', default: false }, limit: { type: 'string' } },
});
const { full } = values;
// At least three times what a run takes on two quiet cores. A CI ends its job without a word, often at 30 minutes, which
// installing is part of: there the run ends itself before, and says so.
const limitMinutes = Number(values.limit ?? (full ? 290 : process.env.CI ? 28 : 75));
const stepMinutes = full ? 120 : 30;

const chosen = process.env.CI || names.length > 0 ? chooseSteps().map(insisted) : chooseSteps();
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) {
  process.on(name, () => interrupted.abort(`ended by ${name}`));
}
const limit = timeLimit(limitMinutes, `ended at the limit of ${limitMinutes} minutes for the whole run`);
const stop = AbortSignal.any([interrupted.signal, limit.signal]);
const outcomes = await runSteps(chosen, { stepMinutes, stop, full });
limit.clear();
process.exitCode = hasFailed(outcomes) || outcomes.length < chosen.filter(canRun).length ? 1 : 0;
for (const line of report(outcomes, chosen)) console.log(line);

/** All steps of this kind of run, or the named ones with the build that they read. */
function chooseSteps() {
  if (names.length === 0) return steps.filter((step) => full || !step.full);
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(`No such step: ${unknown.join(', ')}. Steps: ${steps.map(({ name }) => name).join(', ')}`);
    process.exit(1);
  }
  const named = steps.filter((step) => names.includes(step.name));
  const needsBuild = named.some((step) => step.needsBuild);
  return steps.filter((step) => named.includes(step) || (needsBuild && step.name === 'build'));
}

/** In a CI, and where it is named, a step fails without its programs. */
function insisted({ missing, ...step }) {
  return step;
}
