import { expect, it } from 'vitest';
import { WriteHistory } from './write-history.js';

const write = (n: number, length = 0) => ({ at: n, request: null, record: 'x'.repeat(length) });
const timesOf = (history: WriteHistory, handle: string) => history.of(handle).map(({ at }) => at);

it('has the last twenty writes of a session, until it forgets them', () => {
  const history = new WriteHistory();
  for (let n = 0; n < 21; n++) history.add('a', write(n));
  expect(timesOf(history, 'a')).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  history.forget('a');
  expect(history.of('a')).toEqual([]);
});

it('has fewer of large ones, and none that is too large', () => {
  const history = new WriteHistory();
  for (let n = 0; n < 3; n++) history.add('a', write(n, 900_000));
  expect(timesOf(history, 'a')).toEqual([1, 2]);
  history.add('a', write(3, 2_000_001));
  expect(timesOf(history, 'a')).toEqual([]);
});

it('forgets the sessions that were written longest ago, if all are too large together', () => {
  const history = new WriteHistory();
  for (let n = 0; n < 11; n++) history.add(`session ${n}`, write(n, 1_800_000));
  history.add('session 1', write(11));
  history.add('one more', write(12, 1_800_000));
  const left = ['session 0', 'session 1', 'session 2', 'session 3'].map((handle) => timesOf(history, handle));
  expect(left).toEqual([[], [1, 11], [2], [3]]);
});
