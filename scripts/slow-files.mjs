// How long the test files of a step took, hooks included, from what its test runner wrote.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const formats = { vitest: vitestFiles, playwright: playwrightFiles };

/** Returns each test file with its milliseconds. A runner that was ended leaves none. */
export function slowFiles({ results }) {
  if (!results || !existsSync(results.file)) return [];
  try {
    return formats[results.format](JSON.parse(readFileSync(results.file, 'utf8')));
  } catch {
    return [];
  }
}

function vitestFiles({ testResults }) {
  return testResults.map(({ name, startTime, endTime }) => ({
    file: relative(process.cwd(), name),
    ms: endTime - startTime,
  }));
}

function playwrightFiles({ suites }) {
  return suites.map((suite) => ({ file: `e2e/example/${suite.file}`, ms: sum(durations(suite)) }));
}

function durations({ suites = [], specs = [] }) {
  const own = specs.flatMap(({ tests }) =>
    tests.flatMap(({ results }) => results.map((run) => run.duration)),
  );
  return [...own, ...suites.flatMap(durations)];
}

function sum(numbers) {
  return numbers.reduce((total, n) => total + n, 0);
}
