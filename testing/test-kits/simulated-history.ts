import type { HistoryOperation } from '../history/history.js';

export interface Simulation {
  readonly seed: number;
  readonly operations: number;
  readonly processes: number;
  /** The share of changes whose answer is lost: half of them have happened. */
  readonly unknown: number;
  /** Whether values end while the history runs. */
  readonly expires: boolean;
  /** Compare and swap, as sessions write; or writes, whatever was there. */
  readonly writes: 'swap' | 'write';
}

/** How long a value lives that ends. An operation takes up to 10 ms. */
const LIFETIME_MS = 25;

/**
 * Returns a history of a register that really is linearizable: each operation happens at one moment, which lies at random between its
 * call and its answer.
 */
export function simulatedHistory({ seed, operations, processes, unknown, expires, writes }: Simulation) {
  const random = randomFrom(seed);
  const history: HistoryOperation[] = [];
  const known: (string | null)[] = Array.from({ length: processes }, () => null);
  let held: { value: string | null; until: number } = { value: null, until: Number.POSITIVE_INFINITY };
  let count = 0;
  for (const { process, called, at, returned } of callsOf(operations, processes, random)) {
    if (held.until < at) held = { value: null, until: Number.POSITIVE_INFINITY };
    const call = { process: `p${process}`, called, returned };
    const choice = random();
    if (choice < 0.4) {
      known[process] = held.value;
      history.push({ ...call, kind: 'read', saw: held.value, outcome: 'ok' });
      continue;
    }
    const isLost = random() < unknown;
    const happens = !isLost || random() < 0.5;
    const end = expires ? { until: at + LIFETIME_MS } : {};
    const next = { value: `v${++count}`, until: end.until ?? Number.POSITIVE_INFINITY };
    const outcome = isLost ? 'unknown' : 'ok';
    if (choice < 0.5) {
      if (happens) held = { value: null, until: Number.POSITIVE_INFINITY };
      history.push({ ...call, kind: 'remove', outcome });
    } else if (writes === 'write') {
      if (happens) held = next;
      history.push({ ...call, kind: 'write', value: next.value, ...end, outcome });
    } else {
      const from = known[process] ?? null;
      const isSame = held.value === from;
      if (isSame && happens) held = next;
      const swap = { kind: 'swap', from, to: next.value, ...end } as const;
      history.push({ ...call, ...swap, outcome: isSame || isLost ? outcome : 'refused' });
    }
  }
  return history;
}

/** Returns calls in the order of the moments at which they happen. Those of one process come one after the other. */
function callsOf(count: number, processes: number, random: () => number) {
  const free = Array.from({ length: processes }, () => 0);
  const calls = Array.from({ length: count }, (_, index) => {
    const process = index % processes;
    const called = (free[process] ?? 0) + random();
    const at = called + random() * 5;
    const returned = at + random() * 5;
    free[process] = returned;
    return { process, called, at, returned };
  });
  return calls.sort((a, b) => a.at - b.at);
}

/** Numbers from 0 to 1: a linear congruential generator, the one of C's standard. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}
