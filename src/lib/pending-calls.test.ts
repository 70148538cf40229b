import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadline } from './deadline.js';
import { PendingCalls } from './pending-calls.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Makes a pending call, and says after how many milliseconds it was given up. */
function makeCall(ms: number) {
  const start = performance.now();
  const ended = { after: undefined as number | undefined };
  const giveUp = () => {
    ended.after = performance.now() - start;
  };
  return { ended, pending: { deadline: new Deadline(ms), giveUp } };
}

it('gives up each call at its own deadline, in whichever order they were added', () => {
  const calls = new PendingCalls();
  const [long, short, middle] = [makeCall(500), makeCall(100), makeCall(300)];
  for (const { pending } of [long, short, middle]) calls.add(pending);
  vi.advanceTimersByTime(1000);
  expect([long, short, middle].map(({ ended }) => ended.after)).toEqual([500, 100, 300]);
});

it('does not give up a call that was answered', () => {
  const calls = new PendingCalls();
  const [answered, silent] = [makeCall(100), makeCall(200)];
  calls.add(answered.pending);
  calls.add(silent.pending);
  calls.delete(answered.pending);
  vi.advanceTimersByTime(1000);
  expect(answered.ended.after).toBeUndefined();
  expect(silent.ended.after).toBe(200);
});

it('has one timer for all: it fires at most once without a call, and starts again for the next', () => {
  const calls = new PendingCalls();
  for (let n = 0; n < 100; n++) {
    const { pending } = makeCall(1000);
    calls.add(pending);
    calls.delete(pending);
  }
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(0);
  const later = makeCall(1000);
  calls.add(later.pending);
  vi.advanceTimersByTime(1000);
  expect(later.ended.after).toBe(1000);
});

it('keeps the process alive while a call waits, and no longer', () => {
  vi.useRealTimers();
  const calls = new PendingCalls();
  const timer = vi.spyOn(globalThis, 'setTimeout');
  const { pending } = makeCall(60_000);
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
