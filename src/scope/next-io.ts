import type { MaybePromise } from '../lib/maybe-promise.js';

type Io = () => Promise<void>;

/**
 * Waits until I/O is allowed in a render. With `cacheComponents`, Next first renders what it prerenders and prefetches. There
 * it refuses clocks, random numbers, and whatever else is new at each call and comes without waiting: a store in memory, a span,
 * an event. It never gets past this wait there.
 */
export function untilIoIsAllowed(): MaybePromise<void> {
  load ??= loadIo();
  return load.then((io) => io?.());
}

/**
 * Waits until a render is for a navigation. With `partialPrefetching`, Next also renders for a prefetch, with the request's cookies,
 * and leaves what is not cached unfinished. It never gets past this wait there.
 *
 * @throws Next's own error in `use cache: private`.
 */
export async function untilNavigation(): Promise<void> {
  const { connection } = (await import('next/server.js')) as { connection?: Io };
  await connection?.();
}

let load: Promise<Io | undefined> | undefined;

/** Loaded only by renders, because `next/cache` is large. Versions before Next 16.3 have no `io()`, and do not need it. */
async function loadIo(): Promise<Io | undefined> {
  return (await import('next/cache.js')).io;
}
