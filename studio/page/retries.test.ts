import { expect, it } from 'vitest';
import type { SeenCall } from '../seen/seen-request.js';
import { retriesBefore } from './retries.js';

const call = (operation: 'get' | 'set', session: string, outcome: 'ok' | 'hit' | 'conflict'): SeenCall => ({
  operation,
  store: 'redis',
  session,
  isFaulted: false,
  atMs: 0,
  end: { outcome, durationMs: 1 },
});

it('counts the conflicts of one session right before a write', () => {
  const calls = [
    call('get', 'a', 'hit'),
    call('set', 'a', 'conflict'),
    call('get', 'a', 'hit'),
    call('set', 'b', 'ok'),
    call('set', 'a', 'conflict'),
    call('set', 'a', 'ok'),
    call('set', 'a', 'ok'),
    call('set', 'b', 'ok'),
  ];
  expect(calls.map((_, at) => retriesBefore(calls, at))).toEqual([0, 0, 0, 0, 1, 2, 0, 0]);
});
