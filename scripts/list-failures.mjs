// Which tests of a step failed, and why, from what its test runner wrote. The end of a CI's log then says it.
import { existsSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const formats = { vitest: vitestFailures, playwright: playwrightFailures };

/** Returns a line for each failed test, or test file: its name and the first line of its error. */
export function listFailures({ results }) {
  if (!results || !existsSync(results.file)) return [];
  try {
    const failures = formats[results.format](JSON.parse(readFileSync(results.file, 'utf8')));
    return failures.map(({ name, message }) => `${name}: ${firstLine(message)}`);
  } catch (error) {
    // Half a file, of a runner that was ended.
    return [`${results.file}: ${firstLine(error.message)}`];
  }
}

function vitestFailures({ testResults }) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    // A file that cannot be loaded, or whose beforeAll fails, has no failed test.
    if (failed.length === 0) return status === 'failed' ? [{ name: relative(name), message }] : [];
    return failed.map(({ ancestorTitles, title, failureMessages: [first] }) => ({
      name: [relative(name), ...ancestorTitles, title].join(' > '),
      message: first,
    }));
  });
}

function playwrightFailures({ suites, errors }) {
  return [
    ...suites.flatMap((suite) => failuresIn(suite, [suite.title])),
    ...errors.map(({ message }) => ({ name: 'Playwright', message })),
  ];
}

/** The title of the outermost suite is its file. */
function failuresIn({ suites = [], specs = [] }, titles) {
  const own = specs.flatMap(({ title, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected')
      .map(({ projectName, results }) => ({
        name: `[${projectName}] ${[...titles, title].join(' > ')}`,
        message: results.at(-1)?.errors[0]?.message,
      })),
  );
  return [...own, ...suites.flatMap((suite) => failuresIn(suite, [...titles, suite.title]))];
}

function relative(file) {
  const root = process.cwd() + sep;
  return file.startsWith(root) ? file.slice(root.length) : file;
}

function firstLine(message) {
  // Vitest writes none for a hook of a `describe`.
  const [line] = stripVTControlCharacters(message ?? '')
    .split('\n')
    .filter(Boolean);
  return line ?? 'no message, as of a hook of a group: see the output of this step';
}
