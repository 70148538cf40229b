import type { Deadline } from './deadline.js';

const REGISTRY = Symbol.for('next-app-session.locks');

/**
 * The last in each session's queue. On globalThis, since Next loads several copies of this module into one
 * process and their requests share sessions.
 */
function tails(): Map<string, Promise<void>> {
  const registry = globalThis as { [REGISTRY]?: Map<string, Promise<void>> };
  registry[REGISTRY] ??= new Map();
  return registry[REGISTRY];
}

/**
 * Runs the writers of one session one after another within this process. For a store without compare-and-swap
 * that is what keeps their updates; for one with it, it spares the retries.
 */
export async function withSessionLock<T>(
  key: string,
  deadline: Deadline,
  onTimeout: () => Error,
  task: () => Promise<T>,
): Promise<T> {
  const queue = tails();
  const before = queue.get(key);
  let release: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    release = resolve;
  });
  // A writer that gives up waiting must not let the next one pass those still before it.
  const tail = before ? before.then(() => done) : done;
  queue.set(key, tail);
  tail.then(() => {
    if (queue.get(key) === tail) queue.delete(key);
  });
  try {
    if (before) await deadline.limit(before, onTimeout);
    return await task();
  } finally {
    release();
  }
}
