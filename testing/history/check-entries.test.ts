import { expect, it } from 'vitest';
import { checkHistory } from './check-history.js';
import type { History } from './history.js';

const read = { process: 'a', called: 1, returned: 2, kind: 'read', saw: null, outcome: 'ok' };
const write = { process: 'a', called: 1, returned: 2, kind: 'write', value: 'v', outcome: 'ok' };
const swap = { ...write, kind: 'swap', from: null, to: 'v' };

it.each<[string, unknown, string]>([
  ['no object', null, 'give an object.'],
  ['an unknown kind', { ...read, kind: 'get' }, 'the kind get does not exist.'],
  ['a key that is no text', { ...read, key: 1 }, 'key is not a text.'],
  ['no process', { ...read, process: undefined }, 'process is not a text.'],
  ['no call', { ...read, called: Number.NaN }, 'called is no time in milliseconds.'],
  ['an unknown outcome', { ...write, outcome: 'failed' }, 'the outcome failed does not exist.'],
  ['a read that failed', { ...read, outcome: 'unknown' }, 'a read that failed says nothing. Leave it out.'],
  ['an answer without a time', { ...write, returned: undefined }, 'returned is no time in milliseconds.'],
  ['an answer before the call', { ...write, returned: 0 }, 'it returned before it was called.'],
  ['a read of no value', { ...read, saw: undefined }, 'saw is neither a text nor null.'],
  ['a write of no value', { ...write, value: null }, 'value is not a text.'],
  ['a swap from no value', { ...swap, from: undefined }, 'from and to of a swap are a text or null.'],
  ['an end that is no time', { ...write, until: Number.NaN }, 'until is no time in milliseconds.'],
  [
    'a loss without times',
    { kind: 'loss', since: 0, from: 1 },
    'since, from and to of a loss are milliseconds.',
  ],
  [
    'a loss that ends first',
    { kind: 'loss', since: 0, from: 2, to: 1 },
    'since, from and to of a loss are not in this order.',
  ],
])('%s is refused with its index', (_, entry, message) => {
  const check = () => checkHistory([read, entry] as History);
  expect(check).toThrow(expect.objectContaining({ code: 'ERR_SESSION_TESTING' }));
  expect(check).toThrow(`checkHistory: entry 1: ${message}`);
});

it('what is no history, and no tolerance, is refused', () => {
  expect(() => checkHistory({} as History)).toThrow('checkHistory: give an array of operations.');
  expect(() => checkHistory([], { expiryTolerance: -1 })).toThrow(
    'option expiryTolerance: give milliseconds, 0 or more.',
  );
  expect(checkHistory([])).toEqual({ isLinearizable: true, failure: null, losses: 0 });
});
