import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hasFailed, report } from '../../scripts/report.mjs';
import { runSteps, type Step } from '../../scripts/run-steps.mjs';
import { root } from './repository.js';

// How `npm test` runs its steps: real ones, with limits that are short.

const folder = mkdtempSync(join(tmpdir(), 'test-steps-'));
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const script = (name: string, code: string): Step => ({ name, args: ['--eval', code] });
const slow = script('slow', `setInterval(() => {}, 1000); console.log('so far');`);

/** Starts a server that prints its port, and lives until somebody ends it. */
const startServer = `
  process.getBuiltinModule('node:child_process').spawn(process.execPath, ['--eval', \`
    const server = require('node:net').createServer();
    server.listen(0, '127.0.0.1', () => {
      console.log('listens on ' + server.address().port);
      process.send('listens');
    });
  \`], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })`;

/** Runs the steps, until one prints the text if there is one. Returns what is printed, and said at the end. */
async function run(steps: readonly Step[], { stepMinutes = 5, until = '', full = false } = {}) {
  const controller = new AbortController();
  const printed: string[] = [];
  const print = (line: string) => {
    printed.push(line);
    if (until && line.startsWith(until))
      controller.abort('ended at the limit of 28 minutes for the whole run');
  };
  const options = { stepMinutes, stop: controller.signal, full, print, patienceMs: 3_000 };
  const outcomes = await runSteps(steps, options);
  return { outcomes, printed, said: report(outcomes, steps) };
}

/** Whether the server answers that this step has started. */
function isServerRunning(printed: readonly string[]): Promise<boolean> {
  const port = Number(/^listens on (\d+)$/m.exec(printed.join('\n'))?.[1]);
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

describe('a step that reaches a limit', () => {
  it('is said at the end, and leaves the time to the steps after it', async () => {
    const { outcomes, said } = await run([slow, script('quick', '')], { stepMinutes: 0.1 });
    expect(said.slice(-3)).toEqual([
      'failed in slow: ended at its limit of 0.1 minutes; its last lines:',
      '  | so far',
      '1 passed, 1 failed',
    ]);
    expect(hasFailed(outcomes)).toBe(true);
  });

  it('names the test of Vitest that was running, and its server is ended too', async () => {
    writeFileSync(
      join(folder, 'a.test.mjs'),
      `import { it } from 'vitest';
      it('starts a server', () => new Promise((resolve) => {
        ${startServer}.once('message', resolve);
      }));
      it('waits for a server', () => new Promise(() => {}), 1e9);`,
    );
    // Vitest tells its reporters a moment after a test has begun, the one of the step before this one.
    writeFileSync(
      join(folder, 'told.mjs'),
      `export default class { onTestCaseReady({ name }) { console.log('told that it ' + name); } }`,
    );
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--root', folder, '--disable-console-intercept'];
    const ours = join(root, 'scripts/running-tests.mjs');
    const reporters = ['default', ours, join(folder, 'told.mjs')].map((name) => `--reporter=${name}`);
    const results = { format: 'vitest' as const, file: join(folder, 'none.json') };
    const step = { name: 'next', args: [...args, ...reporters], results };
    const { printed, said } = await run([step], { until: 'told that it waits' });
    const start = said.indexOf(
      'failed in next: ended at the limit of 28 minutes for the whole run; its last lines:',
    );
    expect(said.slice(start + 1, -1)).toContainEqual(
      expect.stringMatching(/^ {2}\| was running for \d+ s: a\.test\.mjs > waits for a server$/),
    );
    expect(said.at(-1)).toBe('0 passed, 1 failed');
    await expect.poll(() => isServerRunning(printed), { timeout: 20_000 }).toBe(false);
  });

  it('and does not listen to an interrupt is ended all the same', async () => {
    const deaf = `process.on('SIGINT', () => console.log('heard')); setInterval(() => {}, 1000); console.log('up');`;
    const { said } = await run([script('deaf', deaf)], { until: 'up' });
    expect(said).toContain('  | heard');
  });

  it('of the whole run: what was not begun is named', async () => {
    const { said } = await run([slow, script('next', '')], { until: 'so far' });
    expect(said.slice(-4)).toEqual([
      'failed in slow: ended at the limit of 28 minutes for the whole run; its last lines:',
      '  | so far',
      'not run, as the run was ended: next',
      '0 passed, 1 failed',
    ]);
  });
});

it('what a step leaves running is ended with it', async () => {
  const leaves = `${startServer}.once('message', () => process.exit());`;
  const { outcomes, printed } = await run([script('leaves', leaves)]);
  expect(hasFailed(outcomes)).toBe(false);
  await expect.poll(() => isServerRunning(printed), { timeout: 20_000 }).toBe(false);
});

it('a step that fails without a list of failures shows its last lines', async () => {
  const fails = `for (let n = 1; n <= 40; n++) console.log('line ' + n); console.error('the reason'); process.exit(1)`;
  const { said } = await run([script('types', fails)]);
  const start = said.indexOf('failed in types: the step itself; its last lines:');
  const lastLines = said.slice(start + 1, -1);
  expect(lastLines).toHaveLength(25);
  expect(lastLines).toContain('  | the reason');
  expect(lastLines).toContain('  | line 40');
});

it('a step that is ended from outside, as where memory is short, says so', async () => {
  const { said } = await run([script('next', `process.kill(process.pid, 'SIGKILL')`)]);
  expect(said).toContain('  | This step was ended from outside, by SIGKILL.');
});

it('a step that is only reported is counted, and does not fail the run', async () => {
  const canary: Step = {
    ...script('canary', `console.log('16.5 breaks it'); process.exit(1)`),
    reported: true,
  };
  const { outcomes, said } = await run([script('unit', ''), canary]);
  expect(hasFailed(outcomes)).toBe(false);
  expect(said.slice(-4)).toEqual([
    'reported in canary: the step itself; its last lines:',
    '  | 16.5 breaks it',
    'What is only reported does not fail this run.',
    '1 passed, 0 failed',
  ]);
});

it('a step that the rest needs stops the run', async () => {
  const build = { ...script('build', 'process.exit(1)'), stopOnFailure: true };
  const { said } = await run([build, script('unit', ''), script('next', '')]);
  expect(said.slice(-2)).toEqual(['not run, as build failed: unit, next', '0 passed, 1 failed']);
});

it('a step whose programs are missing is not run, is said so, and does not fail the run', async () => {
  const engines = { ...script('engines', 'process.exit(1)'), missing: () => ['Firefox', 'Xvfb'] };
  const { outcomes, said } = await run([engines, script('unit', '')]);
  expect(hasFailed(outcomes)).toBe(false);
  expect(said.slice(-2)).toEqual([
    'not run, as this machine has no Firefox, no Xvfb: engines',
    '1 passed, 0 failed',
  ]);
});

it('a step that waits runs beside the ones after it, and prints in one piece', async () => {
  const file = JSON.stringify(join(folder, 'unit-ran'));
  const waits = `
    console.log('waits');
    const timer = setInterval(() => {
      if (!require('node:fs').existsSync(${file})) return;
      clearInterval(timer);
      console.log('has seen it');
    }, 50);`;
  const unit = `require('node:fs').writeFileSync(${file}, ''); console.log('unit')`;
  const { printed, said } = await run([{ ...script('stores', waits), waits: true }, script('unit', unit)]);
  const own = printed.filter((line) => !line.startsWith('\n---'));
  expect(own).toEqual(['unit', 'waits', 'has seen it']);
  expect(said.at(-1)).toBe('2 passed, 0 failed');
});

it('the test files that take longest are named, with their seconds', async () => {
  for (const [name, ms] of Object.entries({ quick: 0, slow: 1500 })) {
    const code = `import { it } from 'vitest';\nit('waits', () => new Promise((done) => setTimeout(done, ${ms})));`;
    writeFileSync(join(folder, `${name}.test.mjs`), code);
  }
  const results = { format: 'vitest' as const, file: join(folder, 'vitest.json') };
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--root', folder, 'quick', 'slow'];
  const reporters = ['--reporter=json', `--outputFile.json=${results.file}`];
  const { said } = await run([{ name: 'unit', args: [...args, ...reporters], results }]);
  const start = said.indexOf('slowest test files:');
  expect(said.slice(start + 1, start + 3)).toEqual([
    expect.stringMatching(/^ +\d+\.\d s {2}\S*slow\.test\.mjs \(unit\)$/),
    expect.stringMatching(/^ +\d+\.\d s {2}\S*quick\.test\.mjs \(unit\)$/),
  ]);
});

it('a step can name its runtime', async () => {
  const { printed } = await run([
    { ...script('old', 'console.log(process.version)'), runtime: 'node@20.9.0' },
  ]);
  expect(printed.at(-1)).toBe('v20.9.0');
});

it.each([
  [true, 'true'],
  [false, 'false'],
])('in a full run (%s), what a step starts is told so', async (full, told) => {
  const asks = `import('${root}scripts/full-run.mjs').then(({ isFullRun }) => console.log(isFullRun))`;
  expect((await run([script('asks', asks)], { full })).printed.at(-1)).toBe(told);
});
