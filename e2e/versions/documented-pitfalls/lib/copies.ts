import { attempts } from './attempts';

/** Of this copy of the module alone. */
const own = new Map<string, number>();

/** Counts in both. Returns how often this copy has counted, and how often all have. */
export function count(): { own: number; shared: number } {
  for (const counts of [own, attempts]) counts.set('ada', (counts.get('ada') ?? 0) + 1);
  return { own: own.get('ada') ?? 0, shared: attempts.get('ada') ?? 0 };
}
