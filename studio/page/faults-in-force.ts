import type { StudioState } from '../seen/studio-state.js';
import { seconds } from './format.js';

/** Returns what goes wrong on purpose at present, in a few words each. */
export function faultsInForce({ faults, isFrozen, aheadMs }: StudioState): readonly string[] {
  const words: string[] = [];
  if (faults.length > 0) words.push(faults.length === 1 ? '1 fault' : `${faults.length} faults`);
  if (isFrozen) words.push('frozen');
  if (aheadMs > 0) words.push(`clock + ${seconds(aheadMs / 1000)}`);
  return words;
}
