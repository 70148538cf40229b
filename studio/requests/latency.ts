import type { Latency } from '../seen/latency.js';

const KEPT = 1000;
/** Upper bounds in milliseconds. The last bucket has no bound. */
const BOUNDS = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 5000, Number.MAX_VALUE] as const;

interface Durations {
  readonly operation: string;
  readonly outcome: string;
  count: number;
  readonly last: number[];
}

/** The durations of store calls, by operation and outcome. */
export class Latencies {
  readonly #kinds = new Map<string, Durations>();

  add(operation: string, outcome: string, durationMs: number): void {
    const name = `${operation} ${outcome}`;
    const kind = this.#kinds.get(name) ?? { operation, outcome, count: 0, last: [] };
    this.#kinds.set(name, kind);
    kind.last[kind.count % KEPT] = durationMs;
    kind.count += 1;
  }

  clear(): void {
    this.#kinds.clear();
  }

  get all(): readonly Latency[] {
    return [...this.#kinds.values()].map(({ operation, outcome, count, last }) => {
      const sorted = last.toSorted((a, b) => a - b);
      /** The smallest duration that this part of the calls did not exceed. */
      const percentile = (part: number) => sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
      return {
        operation,
        outcome,
        count,
        p50: percentile(0.5),
        p90: percentile(0.9),
        p99: percentile(0.99),
        max: percentile(1),
        buckets: bucketsOf(sorted),
      };
    });
  }
}

function bucketsOf(durations: readonly number[]): Latency['buckets'] {
  let above = 0;
  return BOUNDS.map((upTo) => {
    const from = above;
    above = upTo;
    return { upTo, count: durations.filter((ms) => (ms > from || from === 0) && ms <= upTo).length };
  });
}
