import { describe, expect, it } from 'vitest';
import { checkHistory } from './check-history.js';
import type { History } from './history.js';

const ok = { outcome: 'ok' } as const;
const refused = { outcome: 'refused' } as const;
const unknown = { outcome: 'unknown' } as const;

const textOf = (history: History) => checkHistory(history).failure?.text.split('\n');

describe('the text of a failure', () => {
  it('shows a stale read after a swap', () => {
    const history: History = [
      { process: 'a', called: 100, returned: 101, kind: 'write', value: 'v3', ...ok },
      { process: 'b', called: 101.5, returned: 102, kind: 'read', saw: 'v3', ...ok },
      { process: 'a', called: 110, returned: 112.345, kind: 'swap', from: 'v3', to: 'v4', ...ok },
      { process: 'late', called: 113, returned: 115, kind: 'read', saw: 'v3', ...ok },
    ];
    expect(textOf(history)).toEqual([
      'The history is not linearizable. 3 of its 4 operations show it (times in ms):',
      '  a     0 – 1       wrote "v3"',
      '  a     10 – 12.35  swapped "v3" for "v4"',
      '  late  13 – 15     read "v3"',
      'Impossible: late read "v3", but from 13 to 15 there was only "v4".',
    ]);
  });

  it('shows the key, an end and what had no answer', () => {
    const history: History = [
      { key: 'k', process: 'a', called: 0, returned: 1, kind: 'write', value: 'v1', until: 50, ...ok },
      { key: 'k', process: 'b', called: 2, kind: 'swap', from: 'v1', to: 'v2', ...unknown },
      { key: 'k', process: 'c', called: 4, returned: 5, kind: 'read', saw: 'v2', ...ok },
      { key: 'k', process: 'c', called: 60, returned: 61, kind: 'read', saw: 'v1', ...ok },
      { key: 'other', process: 'c', called: 60, returned: 61, kind: 'read', saw: null, ...ok },
    ];
    expect(checkHistory(history).failure?.key).toBe('k');
    expect(textOf(history)?.at(-1)).toMatch(/^Impossible: c read "v1", but from 60 to 61 there was only/);
  });

  it('says that nobody wrote what was read', () => {
    const read = { process: 'a', called: 0, returned: 1, kind: 'read', saw: 'v1', ...ok } as const;
    expect(textOf([read])?.at(-1)).toBe('Impossible: a read "v1", which nobody had written.');
  });

  it('shows a refusal for which there was no reason', () => {
    const history: History = [
      { process: 'a', called: 0, returned: 1, kind: 'write', value: 'v1', ...ok },
      { process: 'b', called: 2, returned: 3, kind: 'swap', from: 'v1', to: 'v2', ...refused },
    ];
    expect(textOf(history)?.at(-1)).toBe(
      'Impossible: b was refused to swap "v1" for "v2", but from 2 to 3 there was only "v1".',
    );
  });
});
