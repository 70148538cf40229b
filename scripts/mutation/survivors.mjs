// The mutants that no test notices, and which of them are known.
import { readFileSync } from 'node:fs';

const CODE_LENGTH = 120;

/** Reads the list of known survivors: groups of a reason and its mutants. */
export function knownSurvivors() {
  return JSON.parse(readFileSync(new URL('survivors.json', import.meta.url), 'utf8'));
}

/**
 * Returns the mutants of a report that no test noticed, in the order of the sources. A mutant is named by its line, and not by the
 * number of the line, which moves.
 *
 * @param report of Stryker, as JSON.
 */
export function survivorsOf(report) {
  return Object.entries(report.files).flatMap(([file, { source, mutants }]) =>
    mutants.filter(isUnnoticed).map((mutant) => describe(file, source.split('\n'), mutant)),
  );
}

/** Counts the mutants of a report. Those that Stryker ignores are not mutants. */
export function countsOf(report) {
  const mutants = Object.values(report.files)
    .flatMap((file) => file.mutants)
    .filter(({ status }) => status !== 'Ignored');
  const survived = mutants.filter(isUnnoticed).length;
  return { noticed: mutants.length - survived, survived };
}

/** Returns the score: noticed mutants in a hundred. */
export function scoreOf({ noticed, survived }) {
  return (100 * noticed) / (noticed + survived);
}

/**
 * Compares what survived with what is known.
 *
 * @param files those of the report: what is known of others does not count.
 * @returns `added`: survivors that are not listed; `gone`: listed mutants that a test notices now, or that are not there any more.
 */
export function compare(survivors, known, files) {
  const left = known.flatMap(({ mutants }) => mutants).filter(({ file }) => files.includes(file));
  const added = survivors.filter((mutant) => {
    const at = left.findIndex((other) => nameOf(other) === nameOf(mutant));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { added, gone: left };
}

function isUnnoticed({ status }) {
  return status === 'Survived' || status === 'NoCoverage';
}

function describe(file, lines, { mutatorName, replacement, location: { start, end } }) {
  const line = lines[start.line - 1];
  const isOneLine = start.line === end.line;
  const code = line.slice(start.column - 1, isOneLine ? end.column - 1 : undefined);
  return {
    file,
    line: line.trim(),
    mutator: mutatorName,
    code: shorten(isOneLine ? code : `${code} …`),
    became: shorten(replacement),
  };
}

function shorten(code) {
  const text = code.replace(/\s+/g, ' ');
  return text.length > CODE_LENGTH ? `${text.slice(0, CODE_LENGTH)} …` : text;
}

function nameOf({ file, line, mutator, code, became }) {
  return JSON.stringify([file, line, mutator, code, became]);
}
