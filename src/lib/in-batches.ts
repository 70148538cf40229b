/**
 * Runs `work` on each item, a few at a time, so that whoever else uses the same connection is not kept waiting.
 *
 * @returns the results, in the order of the items.
 */
export async function inBatches<T, R>(
  items: readonly T[],
  size: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += size) {
    results.push(...(await Promise.all(items.slice(start, start + size).map(work))));
  }
  return results;
}
