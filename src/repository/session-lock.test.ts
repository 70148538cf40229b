import { expect, it, onTestFinished, vi } from 'vitest';
import { Deadline } from '../lib/deadline.js';
import { type HostProcess, thisProcess } from '../lib/host-process.js';
import { withSessionLock } from './session-lock.js';

const late = () => new Error('late');
/** A process for these tests alone: another test may leave a writer that waits. */
const process: HostProcess = { ...thisProcess, shared: {} };
const queues = () =>
  Reflect.get(process.shared, Symbol.for('next-app-session.locks')) as Map<string, unknown>;

/** Returns a task that runs until `end` is called. */
function task() {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { run: () => ended, end };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

it('runs writers of one session one after another, and of other sessions at the same time', async () => {
  const order: string[] = [];
  const write = (key: string, name: string) =>
    withSessionLock(process, key, new Deadline(1000), late, async () => {
      order.push(`${name} begins`);
      await soon();
      order.push(`${name} ends`);
    });
  await Promise.all([write('a', 'first'), write('a', 'second'), write('b', 'other')]);
  expect(order.slice(0, 2)).toEqual(['first begins', 'other begins']);
  expect(order.indexOf('second begins')).toBeGreaterThan(order.indexOf('first ends'));
});

it('goes on after a writer that failed', async () => {
  const failing = withSessionLock(process, 'c', new Deadline(1000), late, () =>
    Promise.reject(new Error('no')),
  );
  const next = withSessionLock(process, 'c', new Deadline(1000), late, async () => 'done');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('done');
});

it('after a writer gave up waiting, the next one still waits for the first', async () => {
  const first = task();
  const holding = withSessionLock(process, 'd', new Deadline(1000), late, first.run);
  await expect(withSessionLock(process, 'd', new Deadline(5), late, async () => {})).rejects.toThrow('late');
  let passed = false;
  const third = withSessionLock(process, 'd', new Deadline(1000), late, async () => {
    passed = true;
  });
  await soon();
  expect(passed).toBe(false);
  first.end();
  await Promise.all([holding, third]);
  expect(passed).toBe(true);
});

it('a writer whose turn has come takes nobody else out of the queue at its deadline', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const [first, second] = [task(), task()];
  const holding = withSessionLock(process, 'f', new Deadline(1000), late, first.run);
  const short = withSessionLock(process, 'f', new Deadline(10), late, second.run);
  const third = withSessionLock(process, 'f', new Deadline(1000), late, async () => 'done');
  first.end();
  await holding;
  await vi.advanceTimersByTimeAsync(10);
  second.end();
  await short;
  expect(await third).toBe('done');
});

it('keeps no queue when all writers have ended', async () => {
  await Promise.all([1, 2, 3].map(() => withSessionLock(process, 'e', new Deadline(1000), late, soon)));
  await soon();
  expect([...queues().keys()]).toEqual([]);
});
