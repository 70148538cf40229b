import { pageViews } from './page-views';

/** Of this copy of the module alone. */
const own = new Map<string, number>();

/** Counts in both. Returns how often this copy has counted, and how often all have. */
export function count(): { own: number; shared: number } {
  for (const counts of [own, pageViews]) counts.set('/', (counts.get('/') ?? 0) + 1);
  return { own: own.get('/') ?? 0, shared: pageViews.get('/') ?? 0 };
}
