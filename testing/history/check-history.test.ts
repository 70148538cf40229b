import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLinearizableNaively } from '../test-kits/naive-check.js';
import { checkHistory } from './check-history.js';
import type { HistoryChange, HistoryEntry, HistoryOperation } from './history.js';

/** Values are used again, so that the check cannot rely on their being different. */
const value = fc.constantFrom('v1', 'v2', 'v3');
const valueOrNothing = fc.option(value);
const until = fc.option(fc.nat(12), { nil: undefined });

const change: fc.Arbitrary<HistoryChange> = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), value, until }),
  fc.record({ kind: fc.constant('replace' as const), value, until }),
  fc.record({ kind: fc.constant('swap' as const), from: valueOrNothing, to: valueOrNothing, until }),
  fc.record({ kind: fc.constant('touch' as const), until }),
  fc.constant({ kind: 'remove' as const }),
);

const times = fc.tuple(fc.nat(10), fc.nat(4)).map(([called, ms]) => ({ called, returned: called + ms }));

const operation: fc.Arbitrary<HistoryOperation> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(times, valueOrNothing)
      .map(([at, saw]) => ({ process: 'a', ...at, kind: 'read' as const, saw, outcome: 'ok' as const })),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        times,
        change,
        fc.constantFrom('ok' as const, 'ok' as const, 'ok' as const, 'refused' as const, 'unknown' as const),
      )
      .map(([at, what, outcome]) => ({ process: 'b', ...at, ...what, outcome })),
  },
);

const loss: fc.Arbitrary<HistoryEntry> = fc
  .tuple(fc.nat(4), fc.nat(4), fc.nat(4))
  .map(([since, wait, ms]) => ({ kind: 'loss', since, from: since + wait, to: since + wait + ms }));

it.each([0, 3])('a value that nobody saw explains that nothing was left (until %i)', (until) => {
  const ok = { process: 'b', outcome: 'ok' } as const;
  const history: HistoryOperation[] = [
    { ...ok, called: 1, returned: 2, kind: 'write', value: 'unseen', until },
    { ...ok, called: 1, returned: 2, kind: 'write', value: 'seen' },
    { ...ok, called: 2, returned: 2, kind: 'read', saw: 'seen' },
    { ...ok, called: 4, returned: 4, kind: 'read', saw: null },
  ];
  expect(isLinearizableNaively(history)).toBe(true);
  expect(checkHistory(history).failure).toBeNull();
});

it('a value that a loss brought back explains, by its end, that nothing was left', () => {
  const ok = { process: 'b', outcome: 'ok' } as const;
  const history: HistoryEntry[] = [
    { ...ok, called: 0, returned: 0, kind: 'write', value: 'lost', until: 2 },
    { ...ok, called: 1, returned: 1, kind: 'write', value: 'new' },
    { ...ok, called: 1, returned: 2, kind: 'read', saw: null },
    { kind: 'loss', since: 1, from: 1, to: 1 },
  ];
  expect(isLinearizableNaively(history)).toBe(true);
  expect(checkHistory(history).failure).toBeNull();
});

it('a loss explains that nothing was left, before a write that nobody saw', () => {
  const ok = { process: 'b', outcome: 'ok' } as const;
  const history: HistoryEntry[] = [
    { ...ok, called: 0, returned: 2, kind: 'write', value: 'lost' },
    { ...ok, called: 2, returned: 5, kind: 'write', value: 'unseen' },
    { ...ok, called: 5, returned: 5, kind: 'read', saw: null },
    { kind: 'loss', since: 0, from: 0, to: 0 },
  ];
  expect(isLinearizableNaively(history)).toBe(true);
  expect(checkHistory(history).failure).toBeNull();
});

describe('checkHistory against a naive check', () => {
  it('agrees on small histories', () => {
    let linearizable = 0;
    let runs = 0;
    fc.assert(
      fc.property(
        fc.array(operation, { minLength: 1, maxLength: 5 }),
        fc.nat(2),
        (history, expiryTolerance) => {
          const expected = isLinearizableNaively(history, expiryTolerance);
          runs++;
          if (expected) linearizable++;
          expect(checkHistory(history, { expiryTolerance }).isLinearizable).toBe(expected);
        },
      ),
      { numRuns: Number(process.env.RUNS ?? 3000) },
    );
    // Neither verdict is rare.
    expect(Math.min(linearizable, runs - linearizable)).toBeGreaterThan(runs / 10);
  });

  it('refuses no history that losses explain', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 4 }), loss, (operations, lost) => {
        const history = [...operations, lost];
        if (isLinearizableNaively(history)) expect(checkHistory(history).failure).toBeNull();
      }),
      { numRuns: Number(process.env.RUNS ?? 1500) },
    );
  });

  it('shows a part that is impossible, whether the other changes happened or not', () => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 7 }), (history) => {
        const { failure } = checkHistory(history);
        if (!failure) return;
        for (const others of subsetsOf(changesBeside(history, failure.operations))) {
          expect(isLinearizableNaively([...failure.operations, ...others])).toBe(false);
        }
      }),
      { numRuns: Number(process.env.RUNS ?? 1000) },
    );
  });
});

function changesBeside(history: readonly HistoryOperation[], part: readonly HistoryOperation[]) {
  return history.filter((one) => one.kind !== 'read' && one.outcome !== 'refused' && !part.includes(one));
}

function subsetsOf<Item>([first, ...others]: readonly Item[]): Item[][] {
  if (first === undefined) return [[]];
  const subsets = subsetsOf(others);
  return [...subsets, ...subsets.map((subset) => [first, ...subset])];
}
