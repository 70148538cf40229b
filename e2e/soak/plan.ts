import type { StoreName } from './job.js';

export const STORES: readonly StoreName[] = [
  'memory',
  'redis',
  'redis-cluster',
  'redis-sentinel',
  'postgresql',
  'mariadb',
  'sqlite',
];

/** So many operations can be judged at once. */
const MOST_OPERATIONS = 20_000;
const OPERATIONS_PER_FAULT = 2500;

/** A run of one store, on new servers. */
export interface Round {
  readonly store: StoreName;
  readonly seed: string;
  readonly operations: number;
  readonly faults: number;
}

/** Returns the rounds of a soak. The stores take turns, so that one which is ended early has tried them all. */
export function roundsOf(seed: string, operations: number, stores: readonly StoreName[]): Round[] {
  const share = Math.ceil(operations / stores.length);
  const count = Math.ceil(share / MOST_OPERATIONS);
  const each = Math.ceil(share / count);
  return Array.from({ length: count }, (_, round) =>
    stores.map((store) => ({
      store,
      seed: `${seed}-${round + 1}`,
      operations: each,
      faults: Math.max(2, Math.round(each / OPERATIONS_PER_FAULT)),
    })),
  ).flat();
}
