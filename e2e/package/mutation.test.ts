import { matchesGlob, posix } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { folders } from '../../scripts/mutation/folders.mjs';
import {
  compare,
  countsOf,
  knownSurvivors,
  type Mutant,
  scoreOf,
  survivorsOf,
} from '../../scripts/mutation/survivors.mjs';
import { listFiles, read } from './repository.js';

const files = listFiles();

describe('npm run mutation', () => {
  test.each(Object.entries(folders))(
    '%s has files, and each pattern of its tests has some',
    (folder, patterns) => {
      expect(files.filter((file) => posix.dirname(file) === folder)).not.toEqual([]);
      const tests = files.filter((file) => file.endsWith('.test.ts'));
      const dead = patterns.filter(
        (pattern) => !tests.some((file) => matchesGlob(file, pattern.replace(/^!/, ''))),
      );
      expect(dead).toEqual([]);
    },
  );

  test.each(knownSurvivors().map(({ reason, mutants }) => [reason, mutants] as const))(
    'a survivor is in a line that is there: %s',
    (reason, mutants) => {
      expect(reason).toMatch(/^[A-Z].{20,}\.$/);
      expect(mutants).not.toEqual([]);
      expect(mutants.filter(({ file }) => !Object.hasOwn(folders, posix.dirname(file)))).toEqual([]);
      expect(mutants.filter((mutant) => !linesOf(mutant).includes(mutant.line))).toEqual([]);
    },
  );
});

function linesOf({ file }: Mutant): string[] {
  return files.includes(file)
    ? read(file)
        .split('\n')
        .map((line) => line.trim())
    : [];
}

describe('the survivors of a report', () => {
  const mutant = (line: number, column: number, end: number, status: string) => ({
    mutatorName: 'ConditionalExpression',
    replacement: 'true',
    status,
    location: { start: { line, column }, end: { line, column: end } },
  });
  const source = 'const a = 1;\n  if (a > b) return;\n  if (a > b) return;\n';
  const report = {
    files: {
      'src/a.ts': {
        source,
        mutants: [
          mutant(2, 7, 12, 'Survived'),
          mutant(3, 7, 12, 'NoCoverage'),
          mutant(2, 7, 12, 'Killed'),
          mutant(2, 7, 12, 'Timeout'),
          mutant(1, 1, 2, 'Ignored'),
        ],
      },
    },
  };
  const named: Mutant = {
    file: 'src/a.ts',
    line: 'if (a > b) return;',
    mutator: 'ConditionalExpression',
    code: 'a > b',
    became: 'true',
  };
  const known = (...mutants: Mutant[]) => [{ reason: 'Why', mutants }];

  it('are those that no test noticed, named by their line', () => {
    expect(survivorsOf(report)).toEqual([named, named]);
    expect(countsOf(report)).toEqual({ noticed: 2, survived: 2 });
    expect(scoreOf({ noticed: 9, survived: 1 })).toBe(90);
  });

  it('are all listed, one by one, and nothing else is', () => {
    const survivors = survivorsOf(report);
    expect(compare(survivors, known(named, named), ['src/a.ts'])).toEqual({ added: [], gone: [] });
    expect(compare(survivors, known(named), ['src/a.ts'])).toEqual({ added: [named], gone: [] });
    const other = { ...named, became: 'false' };
    expect(compare(survivors, known(named, named, other), ['src/a.ts'])).toEqual({
      added: [],
      gone: [other],
    });
  });

  it('of a folder that was not run are not asked for', () => {
    expect(compare([], known(named), ['src/b.ts'])).toEqual({ added: [], gone: [] });
  });
});
