import type { Past } from './run.js';

/** A time in which a failover may lose what was acknowledged. */
export interface LossWindow {
  readonly from: number;
  readonly to: number;
}

/** How long before it goes down a primary of Redis may already have failed to tell its replica. */
export const LAG_MS = 1500;

/** Returns the times of all failovers. */
export function lossWindows(faults: readonly Past[]): LossWindow[] {
  return faults.filter(({ mayLose }) => mayLose).map(({ from, to }) => ({ from, to }));
}
