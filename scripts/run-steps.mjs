// Runs steps in order, within limits of time.
import { rmSync } from 'node:fs';
import { countTests } from './count-tests.mjs';
import { environmentOf } from './full-run.mjs';
import { listFailures } from './list-failures.mjs';
import { runStep } from './run-step.mjs';
import { slowFiles } from './slow-files.mjs';

/**
 * Runs steps until all have ended, one fails that the rest needs, or `stop` is aborted.
 *
 * @returns an outcome for each step that was begun.
 */
export async function runSteps(steps, options) {
  const outcomes = [];
  for (const step of steps.filter(canRun)) {
    if (options.stop.aborted) break;
    const outcome = step.waits ? runAside(step, options) : run(step, options);
    outcomes.push(outcome);
    if (step.stopOnFailure && (await outcome).failed > 0) break;
    if (!step.waits) await outcome;
  }
  return Promise.all(outcomes);
}

/** Whether all programs are here that the step needs. */
export function canRun({ missing }) {
  return !missing || missing().length === 0;
}

/** What it prints comes when it has ended, in one piece. */
async function runAside(step, { print = console.log, ...options }) {
  print(`\n--- ${step.name}: begins, and prints when it has ended`);
  const lines = [];
  const outcome = await run(step, { ...options, print: (line) => lines.push(line) });
  for (const line of lines) print(line);
  return outcome;
}

async function run(step, { stepMinutes, stop, full = false, print = console.log, patienceMs }) {
  print(`\n--- ${step.name}: ${step.runtime ?? 'node'} ${step.args.join(' ')}`);
  if (step.results) rmSync(step.results.file, { force: true });
  const started = performance.now();
  const limit = timeLimit(stepMinutes, `ended at its limit of ${minutes(stepMinutes)}`);
  const { succeeded, ...end } = await runStep(step, {
    env: environmentOf({ full }),
    stop: AbortSignal.any([stop, limit.signal]),
    print,
    patienceMs,
  });
  limit.clear();
  const ms = performance.now() - started;
  return {
    step,
    ms,
    ...countTests(step, succeeded),
    failures: listFailures(step),
    slowFiles: slowFiles(step),
    ...end,
  };
}

/** Returns a signal that is aborted with this reason after that time. */
export function timeLimit(limitMinutes, reason) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(reason), limitMinutes * 60_000);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

function minutes(n) {
  return n === 1 ? '1 minute' : `${n} minutes`;
}
