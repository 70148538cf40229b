import type { HistoryLoss, HistoryOperation } from './history.js';
import { Ends, NOTHING, type Step } from './register.js';

/** The operations of one key, as steps of a register. */
export interface Steps {
  /** In the order of their calls. */
  readonly list: readonly Step[];
  readonly losses: readonly HistoryLoss[];
  readonly ends: Ends;
  /** The names of the values, by their numbers. */
  readonly names: readonly string[];
}

/** Returns the steps of operations on one key. Those that say nothing are left out. */
export function stepsOf(
  operations: readonly HistoryOperation[],
  losses: readonly HistoryLoss[],
  tolerance: number,
): Steps {
  const numbers = new Map<string, number>();
  const numberOf = (value: string | null): number => {
    if (value === null) return NOTHING;
    const known = numbers.get(value) ?? numbers.size + 1;
    numbers.set(value, known);
    return known;
  };
  const telling = operations.filter(
    ({ kind, outcome }) => outcome !== 'refused' || (kind !== 'write' && kind !== 'remove'),
  );
  const times = telling.flatMap((operation) => untilOf(operation) ?? []);
  const ends = new Ends(times, tolerance);
  const list = telling
    .sort((a, b) => a.called - b.called)
    .map((operation, index): Step => {
      const { outcome, called } = operation;
      return {
        operation,
        index,
        outcome,
        called,
        returned: operation.outcome === 'unknown' ? Number.POSITIVE_INFINITY : operation.returned,
        expects: expectedBy(operation, numberOf),
        writes: writtenBy(operation, numberOf),
        end: ends.of(untilOf(operation)),
        passed: ends.passedAt(called),
      };
    });
  return { list, losses, ends, names: ['', ...numbers.keys()] };
}

function untilOf(operation: HistoryOperation): number | undefined {
  return 'until' in operation ? operation.until : undefined;
}

function expectedBy(operation: HistoryOperation, numberOf: (value: string | null) => number) {
  if (operation.kind === 'read') return numberOf(operation.saw);
  return operation.kind === 'swap' ? numberOf(operation.from) : undefined;
}

function writtenBy(operation: HistoryOperation, numberOf: (value: string | null) => number): number {
  if (operation.kind === 'swap') return numberOf(operation.to);
  return operation.kind === 'write' || operation.kind === 'replace' ? numberOf(operation.value) : NOTHING;
}

/** Returns the step as one whose answer is not known. */
export function weakened(step: Step): Step {
  return { ...step, outcome: 'unknown', returned: Number.POSITIVE_INFINITY };
}
