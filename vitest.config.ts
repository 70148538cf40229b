import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { findValkey } from './scripts/find-valkey.mjs';
import { isFullRun } from './scripts/full-run.mjs';

/** Runs only in `npm run test:full`. */
const exclude = isFullRun ? configDefaults.exclude : [...configDefaults.exclude, '**/*.full.test.{ts,tsx}'];

/** Wide enough for a machine three times slower than the one that the tests were written on. */
const patient = { testTimeout: 60_000, hookTimeout: 180_000, expect: { poll: { timeout: 30_000 } } };

/** Tests of the project `stores` that matter to a Valkey. In the full run, all of RedisStore. */
const ofValkey = isFullRun
  ? ['e2e/stores/{redis-*,lost-reply}.test.ts']
  : ['e2e/stores/{redis-{commands,near-cache,store,swap,traces},lost-reply}.test.ts'];

/** @param version of the Valkey server that these tests start in place of Redis. */
function valkey(name: string, version: string, groupOrder: number) {
  return {
    test: {
      name,
      include: [...ofValkey, 'e2e/stores/valkey/*.test.ts'],
      env: { REDIS_SERVER_PATH: findValkey(version) ?? `valkey-server ${version}` },
      ...patient,
      testTimeout: 180_000,
      // Beside the project `stores`.
      maxWorkers: 2,
      sequence: { groupOrder },
    },
  };
}

// unit: beside the sources, no build needed. The others use the built package: stores with real servers, package
// and next as it is packed.
export default defineConfig({
  test: {
    // Of the unit tests alone, by `npm run coverage`: what needs a browser or a real server is shown by the other projects.
    coverage: {
      include: ['src/**/*.ts', 'testing/**/*.ts'],
      exclude: ['**/test-kits/**', '**/*.test-d.ts'],
      reporter: ['text-summary'],
      reportsDirectory: '.tmp/coverage',
      thresholds: { statements: 84, branches: 80, functions: 82, lines: 84 },
    },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,studio,testing}/**/*.test.ts'],
          exclude,
          ...patient,
          setupFiles: ['src/test-kits/next-environment.ts'],
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'package',
          include: ['e2e/package/**/*.test.ts'],
          exclude,
          ...patient,
          testTimeout: 300_000,
          maxWorkers: 2,
        },
      },
      {
        resolve: { alias: { '@': fileURLToPath(new URL('example', import.meta.url)) } },
        test: {
          name: 'testing',
          include: ['e2e/testing/**/*.test.{ts,tsx}', 'example/tests/**/*.test.{ts,tsx}'],
          exclude,
          ...patient,
        },
      },
      {
        test: {
          name: 'stores',
          include: ['e2e/stores/*.test.ts'],
          exclude,
          ...patient,
          testTimeout: 180_000,
          // They wait for records to expire more than they compute.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'sqlite',
          include: ['e2e/stores/sqlite/*.test.ts'],
          exclude,
          ...patient,
          sequence: { groupOrder: 5 },
        },
      },
      {
        test: {
          name: 'mysql',
          include: ['e2e/stores/mysql/*.test.ts'],
          exclude,
          ...patient,
          sequence: { groupOrder: 6 },
        },
      },
      valkey('valkey', '9', 7),
      valkey('valkey 8.1', '8.1', 8),
      {
        test: {
          name: 'next',
          include: [
            'e2e/versions/*.test.ts',
            'e2e/runners/*.test.ts',
            'e2e/neighbours/*.test.ts',
            'e2e/refresh/*.test.ts',
          ],
          exclude,
          ...patient,
          testTimeout: 300_000,
          hookTimeout: 900_000,
          // While one file waits for its server, another one builds.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'engines',
          include: ['e2e/engines/*.test.ts'],
          exclude,
          ...patient,
          testTimeout: 300_000,
          globalSetup: 'e2e/engines/serve-example.ts',
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          name: 'canary',
          include: ['e2e/canary/*.test.ts'],
          ...patient,
          testTimeout: 300_000,
          hookTimeout: 900_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
