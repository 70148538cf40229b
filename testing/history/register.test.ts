import { describe, expect, it } from 'vitest';
import { checkHistory } from './check-history.js';
import type { History } from './history.js';

const ok = { outcome: 'ok' } as const;
const refused = { outcome: 'refused' } as const;
const unknown = { outcome: 'unknown' } as const;

describe('what makes a history impossible', () => {
  const write = {
    process: 'a',
    called: 0,
    returned: 1,
    kind: 'write',
    value: 'v1',
    until: 50,
    ...ok,
  } as const;
  const readAt = (called: number, saw: string | null) =>
    ({ process: 'b', called, returned: called + 1, kind: 'read', saw, ...ok }) as const;
  const verdict = (history: History, expiryTolerance = 0) =>
    checkHistory(history, { expiryTolerance }).isLinearizable;

  it('a value that is seen after its end, or missed before it, beyond the tolerance', () => {
    expect(verdict([write, readAt(50, 'v1')])).toBe(true);
    expect(verdict([write, readAt(51, 'v1')])).toBe(false);
    expect(verdict([write, readAt(51, 'v1')], 1)).toBe(true);
    expect(verdict([write, readAt(48, null)])).toBe(false);
    expect(verdict([write, readAt(48, null)], 1)).toBe(true);
  });

  it('a touch that revives, or that is refused while there is a value', () => {
    const touch = { process: 'c', called: 60, returned: 61, kind: 'touch', until: 100, ...ok } as const;
    expect(verdict([write, touch, readAt(70, null)])).toBe(true);
    expect(verdict([write, touch, readAt(70, 'v1')])).toBe(false);
    expect(verdict([write, { ...touch, called: 40, returned: 41 }, readAt(70, 'v1')])).toBe(true);
    expect(verdict([write, { ...touch, called: 40, returned: 41, ...refused }])).toBe(false);
  });

  it('a swap of a value that has ended, but not one that expects nothing', () => {
    const swap = { process: 'c', called: 60, returned: 61, kind: 'swap', to: 'v2', ...ok } as const;
    expect(verdict([write, { ...swap, from: 'v1' }])).toBe(false);
    expect(verdict([write, { ...swap, from: null }])).toBe(true);
  });

  it('a change without an answer that happens twice', () => {
    const lost = { process: 'c', called: 2, returned: 3, kind: 'write', value: 'v2', ...unknown } as const;
    const remove = (called: number) =>
      ({ process: 'd', called, returned: called + 1, kind: 'remove', ...ok }) as const;
    const twice = [readAt(20, 'v2'), remove(22), readAt(24, null), readAt(26, 'v2')];
    expect(verdict([write, lost, readAt(10, 'v1'), ...twice.slice(0, 3)])).toBe(true);
    expect(verdict([write, lost, readAt(10, 'v1'), ...twice])).toBe(false);
  });

  it('a write that is lost, except where a loss may happen, which is counted', () => {
    const later = { process: 'a', called: 10, returned: 11, kind: 'write', value: 'v2', ...ok } as const;
    const history: History = [write, readAt(8, 'v1'), later, readAt(12, 'v2'), readAt(20, 'v1')];
    const loss = { kind: 'loss', since: 9, from: 13, to: 19 } as const;
    expect(verdict(history)).toBe(false);
    expect(checkHistory([...history, loss])).toEqual({ isLinearizable: true, failure: null, losses: 1 });
    expect(verdict([...history, { ...loss, key: 'another' }])).toBe(false);
    expect(verdict([...history, { ...loss, from: 22, to: 23 }])).toBe(false);
    expect(checkHistory([...history.slice(0, 4), loss]).losses).toBe(0);
  });
});
