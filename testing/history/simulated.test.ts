import fc from 'fast-check';
import { expect, it } from 'vitest';
import { simulatedHistory } from '../test-kits/simulated-history.js';
import { checkHistory } from './check-history.js';

const simulation = fc.record({
  seed: fc.nat(1_000_000),
  operations: fc.integer({ min: 20, max: 120 }),
  processes: fc.integer({ min: 1, max: 8 }),
  unknown: fc.constantFrom(0, 0.05, 0.3),
  expires: fc.boolean(),
  writes: fc.constantFrom('swap' as const, 'write' as const),
});

it('a history of a linearizable register passes', () => {
  fc.assert(
    fc.property(simulation, (of) => {
      expect(checkHistory(simulatedHistory(of)).failure?.text).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

it('the same history with one planted stale read is refused, and the part is small', () => {
  let planted = 0;
  fc.assert(
    fc.property(simulation, (of) => {
      const history = simulatedHistory({ ...of, expires: false });
      const swaps = history.filter((one) => one.kind === 'swap' && one.outcome === 'ok' && one.from !== null);
      const [swap] = swaps;
      if (swap?.kind !== 'swap') return;
      planted++;
      // Each value is written once, so it is gone for good when it was swapped for another one.
      const called = Math.max(...history.map(({ returned }) => returned ?? 0)) + 1;
      const stale = {
        process: 'late',
        called,
        returned: called + 1,
        kind: 'read',
        saw: swap.from,
        outcome: 'ok',
      } as const;
      const { failure } = checkHistory([...history, stale]);
      expect(failure?.operations).toContain(stale);
      // Mostly three or four. Lost answers need more, because each may have written the value again: at most eight in 1,500 histories.
      expect(failure?.operations.length).toBeLessThanOrEqual(10);
    }),
    { numRuns: 200 },
  );
  expect(planted).toBeGreaterThan(20);
});

it.each([
  [4, 0],
  [4, 0.01],
  [16, 0],
])(
  '10,000 operations by %i processes, a share of %f without an answer, take seconds',
  (processes, unknown) => {
    const of = { seed: 7, operations: 10_000, processes, unknown, expires: false, writes: 'swap' } as const;
    const begun = performance.now();
    expect(checkHistory(simulatedHistory(of)).isLinearizable).toBe(true);
    // About one second. The limit is for a machine that does other things too.
    expect(performance.now() - begun).toBeLessThan(20_000);
  },
);
