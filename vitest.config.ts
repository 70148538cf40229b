import { defineConfig } from 'vitest/config';

// unit: beside the sources, no build needed. package and next: on the packed tarball.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts'],
          setupFiles: ['src/next-environment.test-kit.ts'],
        },
      },
      { test: { name: 'package', include: ['e2e/package/**/*.test.ts'], testTimeout: 120_000 } },
      {
        test: {
          name: 'next',
          include: ['e2e/versions/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
