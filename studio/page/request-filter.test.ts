import { expect, it } from 'vitest';
import type { SeenRequest } from '../seen/seen-request.js';
import { EVERYTHING, matches, outcomesOf } from './request-filter.js';

const request: SeenRequest = {
  id: 1,
  method: 'POST',
  path: '/api/Counter',
  startedAt: 0,
  aheadMs: 0,
  state: { is: 'answered', status: 200, durationMs: 1 },
  cookie: 'sent',
  setCookies: [],
  sessions: ['AbC'],
  calls: [
    {
      operation: 'set',
      store: 'redis',
      session: 'AbC',
      isFaulted: false,
      atMs: 0,
      end: { outcome: 'conflict', durationMs: 1 },
    },
  ],
  moreCalls: 0,
  events: [],
  warnings: [],
};
const quiet: SeenRequest = { ...request, method: 'GET', path: '/', sessions: [], calls: [] };

it('shows everything at first', () => {
  expect([request, quiet].map((one) => matches(one, EVERYTHING))).toEqual([true, true]);
});

it.each([
  ['counter', true],
  ['post 200', true],
  ['abc', true],
  ['get', false],
  ['counter 500', false],
])('looks for each word of %j', (text, found) => {
  expect(matches(request, { ...EVERYTHING, text })).toBe(found);
});

it('chooses by outcome', () => {
  const shown = (one: SeenRequest) =>
    ['session', 'conflict', 'error', 'trouble', 'created'].filter((outcome) =>
      matches(one, { ...EVERYTHING, outcome }),
    );
  expect(shown(request)).toEqual(['session', 'conflict']);
  expect(shown({ ...request, events: [{ type: 'created', atMs: 0 }] })).toEqual([
    'session',
    'conflict',
    'created',
  ]);
  expect(shown(quiet)).toEqual([]);
  expect(shown({ ...quiet, cookie: 'refused' })).toEqual(['trouble']);
  expect(shown({ ...quiet, warnings: [{ text: 'it is lost', guide: 'a.md#b' }] })).toEqual(['trouble']);
  expect(shown({ ...quiet, state: { is: 'answered', status: 500, durationMs: 1 } })).toEqual(['trouble']);
});

it('has the outcomes to choose from that there are, each once', () => {
  const created: SeenRequest = { ...request, events: [{ type: 'created', atMs: 0 }] };
  expect(outcomesOf([request, created, quiet], 'trouble')).toEqual(['conflict', 'created']);
  expect(outcomesOf([request], 'hit')).toEqual(['conflict', 'hit']);
});

it('chooses by session, letter by letter', () => {
  const shown = (session: string) => matches(request, { ...EVERYTHING, session });
  expect(['AbC', 'abc', 'Ab'].map(shown)).toEqual([true, false, false]);
});
