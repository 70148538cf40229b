// How many tests of a step passed, failed and were skipped, from what its test runner wrote.
import { existsSync, readFileSync } from 'node:fs';

const formats = { vitest: countVitest, playwright: countPlaywright };

/** A step without a results file is one check. A step that failed counts at least one failure, whatever it wrote. */
export function countTests({ results }, succeeded) {
  const counts = results
    ? read(results)
    : { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 };
  return succeeded ? counts : { ...counts, failed: Math.max(1, counts.failed) };
}

/** A runner that crashed leaves no file or half of one, and a failed step. */
function read({ format, file }) {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  try {
    return formats[format](JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    console.error(`${file}: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function countVitest({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests + brokenFiles.length,
    skipped: numPendingTests + numTodoTests,
  };
}

function countPlaywright({ stats, errors }) {
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
  };
}
