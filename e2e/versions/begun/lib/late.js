import { runSteps } from './run-steps';

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs steps and keeps how they ended, for all copies of this module in the process. */
export async function runLate(steps) {
  const results = await runSteps({ steps });
  globalThis.lateResults = results;
  return results;
}

/** Returns how the last late steps ended, once. Null while they have not. */
export function takeLateResults() {
  const results = globalThis.lateResults ?? null;
  globalThis.lateResults = undefined;
  return results;
}
