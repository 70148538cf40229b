// The unit tests as Stryker runs them: all in one process, with those of the folder first, then the quick ones, because the
// first failure ends a run.
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import project from '../../vitest.config';
import { leftOut } from './folders.mjs';

const { test: unit } = project.test.projects.find(({ test }) => test.name === 'unit');
const folder = `/${process.env.MUTATION_FOLDER}/`;
const exclude = [...unit.exclude, ...leftOut(process.env.MUTATION_FOLDER)];

class NearAndQuickFirst extends BaseSequencer {
  async sort(files) {
    const quickFirst = (await super.sort(files)).reverse();
    return quickFirst.sort((a, b) => isNear(b) - isNear(a));
  }
}

function isNear({ moduleId }) {
  return Number(moduleId.includes(folder));
}

// A mutant often makes a test wait for ever. The slowest of these tests takes 1.3 s.
const impatient = { testTimeout: 10_000, hookTimeout: 10_000, expect: { poll: { timeout: 5_000 } } };

export default defineConfig({
  test: { ...unit, exclude, ...impatient, isolate: false, sequence: { sequencer: NearAndQuickFirst } },
});
