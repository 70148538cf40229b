// Read by Stryker, which run.mjs starts once for each folder.
import { basename } from 'node:path';
import { testsOf } from './folders.mjs';

const folder = process.env.MUTATION_FOLDER;
const results = `.tmp/mutation/${basename(folder)}`;

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: [`${folder}/*.ts`, '!**/*.test.ts'],
  mutator: {
    // A text is a message, which the docs' tests hold, or a member of a union, where the compiler refuses another one.
    excludedMutations: ['StringLiteral'],
  },
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'scripts/mutation/vitest.config.mjs', related: false },
  testFiles: testsOf(folder),
  coverageAnalysis: 'perTest',
  // What runs while a file is loaded: constants, which are in force before a mutant is.
  ignoreStatic: true,
  incremental: true,
  incrementalFile: `${results}.incremental.json`,
  tempDirName: '.tmp/mutation/sandbox',
  ignorePatterns: [
    '**',
    '!src/**',
    '!testing/**',
    '!scripts/mutation/*',
    '!scripts/*.mjs',
    '!package.json',
    '!vitest.config.ts',
  ],
  reporters: ['progress-append-only', 'json'],
  jsonReporter: { fileName: `${results}.json` },
  allowConsoleColors: false,
  // TypeScript 7 has no API for Stryker to read it by. Nothing needs it: the tests run by esbuild.
  tsconfigFile: 'none.json',
  concurrency: 2,
  // On a loaded machine, a slow test is no endless one.
  timeoutMS: 15_000,
  timeoutFactor: 2,
  dryRunTimeoutMinutes: 10,
};
