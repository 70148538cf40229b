// What a run of steps says at its end. A CI's log then shows it last.
import { canRun } from './run-steps.mjs';

const SLOW_FILES = 10;

/** Returns the lines: a table, what failed, and the counts. */
export function report(outcomes, chosen) {
  const failing = outcomes.filter(({ step }) => !step.reported);
  const reported = outcomes.filter(({ step, failed }) => step.reported && failed > 0);
  const notRun = chosen
    .filter(canRun)
    .slice(outcomes.length)
    .map(({ name }) => name);
  const lacking = chosen.filter((step) => !canRun(step));
  return [
    '',
    ...table(outcomes),
    '',
    ...slowest(outcomes),
    ...failing.flatMap((outcome) => failuresOf(outcome, 'failed in')),
    ...reported.flatMap((outcome) => failuresOf(outcome, 'reported in')),
    ...(reported.length > 0 ? ['What is only reported does not fail this run.'] : []),
    ...lacking.map(
      ({ name, missing }) => `not run, as this machine has no ${missing().join(', no ')}: ${name}`,
    ),
    ...(notRun.length > 0 ? [`not run, ${whyNotRun(outcomes)}: ${notRun.join(', ')}`] : []),
    counts(outcomes),
  ];
}

/** Whether a step failed that is not only reported. */
export function hasFailed(outcomes) {
  return outcomes.some(({ step, failed }) => failed > 0 && !step.reported);
}

function table(outcomes) {
  const width = Math.max(14, ...outcomes.map(({ step }) => step.name.length + 2));
  const line = (name, ...columns) =>
    name.padEnd(width) + columns.map((column) => String(column).padStart(9)).join('');
  return [
    line('step', 'passed', 'failed', 'skipped', 'time'),
    ...outcomes.map(({ step, passed, failed, skipped, ms }) =>
      line(step.name, passed, failed, skipped, `${(ms / 1000).toFixed(1)} s`),
    ),
  ];
}

/** The test files that take longest: where a suite that is too slow has its time. */
function slowest(outcomes) {
  const files = outcomes.flatMap(({ step, slowFiles }) =>
    slowFiles.map((file) => ({ ...file, step: step.name })),
  );
  const first = files.sort((a, b) => b.ms - a.ms).slice(0, SLOW_FILES);
  if (first.length === 0) return [];
  return [
    'slowest test files:',
    ...first.map(({ file, step, ms }) => `${`${(ms / 1000).toFixed(1)} s`.padStart(9)}  ${file} (${step})`),
    '',
  ];
}

/** Each failed test; of a step without one, its last lines. */
function failuresOf({ step, failed, failures, ended, lastLines }, label) {
  const lines = failures.map((failure) => `${label} ${step.name}: ${failure}`);
  if (failed === 0 || (failures.length > 0 && !ended)) return lines;
  const reason = ended ? `${ended}; its last lines` : 'the step itself; its last lines';
  return [...lines, `${label} ${step.name}: ${reason}:`, ...lastLines.map((line) => `  | ${line}`)];
}

function whyNotRun(outcomes) {
  const needed = outcomes.find(({ step, failed, ended }) => step.stopOnFailure && failed > 0 && !ended);
  return needed ? `as ${needed.step.name} failed` : 'as the run was ended';
}

/** Failures of steps that are only reported are not counted. */
function counts(outcomes) {
  const sum = (key, of = outcomes) => of.reduce((total, outcome) => total + outcome[key], 0);
  const failing = outcomes.filter(({ step }) => !step.reported);
  const skipped = sum('skipped');
  return `${sum('passed')} passed, ${sum('failed', failing)} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
