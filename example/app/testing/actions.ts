'use server';

import { clock, failingStore, race } from './experiments';
import { type Observation, observe } from './observations';

const experiments = { failingStore, race, clock };

export type ExperimentName = keyof typeof experiments;

/**
 * Anybody may call this: an experiment takes nothing from the request, has a store of its own in memory, and ends with this
 * call. It computes for some milliseconds, as a page does.
 */
export async function runExperiment(_previous: Observation[], form: FormData): Promise<Observation[]> {
  const name = String(form.get('experiment'));
  return Object.hasOwn(experiments, name) ? observe(experiments[name as ExperimentName]) : [];
}
