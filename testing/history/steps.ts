import type { HistoryLoss, HistoryOperation } from './history.js';
import { Ends, NOTHING, type Step } from './register.js';

/** The operations of one key, as steps of a register. */
export interface Steps {
  /** In the order of their calls. */
  readonly list: readonly Step[];
  readonly losses: readonly HistoryLoss[];
  readonly ends: Ends;
  /** The names of the values, by their numbers; null for what has no name. */
  readonly names: readonly (string | null)[];
}

/** In place of the values that nobody has seen, of operations without an answer. */
const UNSEEN = Symbol('unseen');

/** Returns the steps of operations on one key. Those that say nothing are left out. */
export function stepsOf(
  operations: readonly HistoryOperation[],
  losses: readonly HistoryLoss[],
  tolerance: number,
): Steps {
  const numbers = new Map<string | typeof UNSEEN, number>();
  const numberOf = (value: string | typeof UNSEEN | null): number => {
    if (value === null) return NOTHING;
    const known = numbers.get(value) ?? numbers.size + 1;
    numbers.set(value, known);
    return known;
  };
  const telling = operations.filter(
    ({ kind, outcome }) => outcome !== 'refused' || (kind !== 'write' && kind !== 'remove'),
  );
  const seen = new Set(telling.map(expectedBy));
  const last = telling.reduce(
    (time, { called, returned }) => Math.max(time, called, returned ?? called),
    Number.NEGATIVE_INFINITY,
  );
  /** Ignores an end that no operation has come to. */
  const untilOf = (operation: HistoryOperation): number | undefined => {
    const until = 'until' in operation ? operation.until : undefined;
    return until === undefined || until - tolerance > last ? undefined : until;
  };
  const times = telling.flatMap((operation) => untilOf(operation) ?? []);
  const ends = new Ends(times, tolerance);
  const list = telling
    .sort((a, b) => a.called - b.called)
    .map((operation, index): Step => {
      const { outcome, called } = operation;
      const expects = expectedBy(operation);
      const writes = writtenBy(operation);
      return {
        operation,
        index,
        outcome,
        called,
        returned: operation.outcome === 'unknown' ? Number.POSITIVE_INFINITY : operation.returned,
        expects: expects === undefined ? undefined : numberOf(expects),
        // What nobody expects need not be told apart, if it is not sure that it was written.
        writes: numberOf(outcome === 'unknown' && writes !== null && !seen.has(writes) ? UNSEEN : writes),
        end: ends.of(untilOf(operation)),
        passed: ends.passedAt(called),
      };
    });
  const names = [...numbers.keys()].map((value) => (value === UNSEEN ? null : value));
  return { list, losses, ends, names: [null, ...names] };
}

/** Returns the value that an operation saw or asks for, or `undefined` if it takes any. */
function expectedBy(operation: HistoryOperation): string | null | undefined {
  if (operation.kind === 'read') return operation.saw;
  return operation.kind === 'swap' ? operation.from : undefined;
}

function writtenBy(operation: HistoryOperation): string | null {
  if (operation.kind === 'swap') return operation.to;
  return operation.kind === 'write' || operation.kind === 'replace' ? operation.value : null;
}

/** Returns the step as one whose answer is not known. */
export function weakened(step: Step): Step {
  return { ...step, outcome: 'unknown', returned: Number.POSITIVE_INFINITY };
}
