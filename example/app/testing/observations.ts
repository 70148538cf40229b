import type { InspectableStore } from 'next-app-session/testing';

/** One line of what an experiment shows. */
export type Observation = {
  what: string;
  value: string;
  /** The calls of the store since the line before, each with its outcome. */
  calls: { operation: string; outcome: string }[];
};

/** Notes what came out, with the store calls that it took. */
export type Show = (what: string, value: unknown, tester: { store: InspectableStore }) => void;

/** Runs an experiment, and returns what it shows. */
export async function observe(experiment: (show: Show) => Promise<void>): Promise<Observation[]> {
  const observations: Observation[] = [];
  let seen = 0;
  await experiment((what, value, { store }) => {
    const calls = store.calls.slice(seen).map(({ operation, outcome }) => ({ operation, outcome }));
    seen = store.calls.length;
    observations.push({ what, value: JSON.stringify(value), calls });
  });
  return observations;
}
