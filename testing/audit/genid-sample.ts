import { type GenerateId, generateId, newSessionId } from '../../src/record/session-id.js';

/** How many IDs are taken from an app's `genid`: enough to see each of 64 letters at each place. */
export const SAMPLES = 1024;

/** What a sample of IDs can show. */
export type GenidSample =
  | { readonly kind: 'default' }
  | { readonly kind: 'repeats' }
  /** At most so many random bits: a sample shows no lower bound. */
  | { readonly kind: 'at most'; readonly bits: number };

/**
 * Returns what can be known of the IDs that `genid` makes. An ID cannot have more bits than its places have letters to choose from,
 * so the sample shows how many bits there are at most. It cannot show where they come from: a hash of a counter looks random too.
 *
 * @throws ERR_SESSION_ID for an ID that has not the shape of one.
 */
export async function sampleGenid(genid: GenerateId): Promise<GenidSample> {
  if (genid === generateId) return { kind: 'default' };
  const ids = new Set<string>();
  for (let n = 0; n < SAMPLES; n++) ids.add(await newSessionId(genid));
  return ids.size < SAMPLES ? { kind: 'repeats' } : { kind: 'at most', bits: bitsAtMost([...ids]) };
}

function bitsAtMost(ids: readonly string[]): number {
  const length = Math.max(...ids.map((id) => id.length));
  const choices = Array.from({ length }, (_, at) => new Set(ids.map((id) => id[at])).size);
  return choices.reduce((bits, count) => bits + Math.log2(count), 0);
}
