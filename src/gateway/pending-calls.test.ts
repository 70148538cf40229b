import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadline } from './deadline.js';
import { PendingCalls } from './pending-calls.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Notes when it was given up. */
function call(ms: number) {
  const start = performance.now();
  const ended = { after: undefined as number | undefined };
  const giveUp = () => {
    ended.after = performance.now() - start;
  };
  return { ended, pending: { deadline: new Deadline(ms), giveUp } };
}

it('each call is given up at its own deadline, in whatever order they came', () => {
  const calls = new PendingCalls();
  const [long, short, middle] = [call(500), call(100), call(300)];
  for (const { pending } of [long, short, middle]) calls.add(pending);
  vi.advanceTimersByTime(1000);
  expect([long, short, middle].map(({ ended }) => ended.after)).toEqual([500, 100, 300]);
});

it('a call that was answered is not given up', () => {
  const calls = new PendingCalls();
  const [answered, silent] = [call(100), call(200)];
  calls.add(answered.pending);
  calls.add(silent.pending);
  calls.delete(answered.pending);
  vi.advanceTimersByTime(1000);
  expect(answered.ended.after).toBeUndefined();
  expect(silent.ended.after).toBe(200);
});

it('one timer serves all, goes off once more at most for nobody, and starts again for the next call', () => {
  const calls = new PendingCalls();
  for (let n = 0; n < 100; n++) {
    const { pending } = call(1000);
    calls.add(pending);
    calls.delete(pending);
  }
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(0);
  const later = call(1000);
  calls.add(later.pending);
  vi.advanceTimersByTime(1000);
  expect(later.ended.after).toBe(1000);
});

it('keeps the process alive while a call waits, and not for longer', () => {
  vi.useRealTimers();
  const calls = new PendingCalls();
  const timer = vi.spyOn(globalThis, 'setTimeout');
  const { pending } = call(60_000);
  calls.add(pending);
  const { value } = timer.mock.results[0] ?? {};
  expect(value.hasRef()).toBe(true);
  calls.delete(pending);
  expect(value.hasRef()).toBe(false);
  calls.add(pending);
  expect(value.hasRef()).toBe(true);
  calls.delete(pending);
  clearTimeout(value);
});
