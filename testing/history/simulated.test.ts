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

it('the same history with one planted stale read is refused', () => {
  let planted = 0;
  fc.assert(
    fc.property(simulation, (of) => {
      const history = simulatedHistory({ ...of, expires: false });
      const [swap] = history.filter(
        (one) => one.kind === 'swap' && one.outcome === 'ok' && one.from !== null,
      );
      if (swap?.kind !== 'swap') return;
      planted++;
      // Each value is written once, so it is gone for good when it was swapped for another one.
      const called = Math.max(...history.map(({ returned }) => returned ?? 0)) + 1;
      const at = { process: 'late', called, returned: called + 1 };
      const stale = { ...at, kind: 'read', saw: swap.from, outcome: 'ok' } as const;
      expect(checkHistory([...history, stale]).isLinearizable).toBe(false);
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
