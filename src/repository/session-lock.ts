import type { Deadline } from '../gateway/deadline.js';

const REGISTRY = Symbol.for('next-app-session.locks');

/** Lets a waiting writer in. */
type Enter = () => void;

/**
 * The sessions that have a writer, each with the writers that wait. On globalThis, because Next loads several copies of this
 * module into one process, and their requests share sessions.
 */
function queues(): Map<string, Enter[]> {
  const registry = globalThis as { [REGISTRY]?: Map<string, Enter[]> };
  registry[REGISTRY] ??= new Map();
  return registry[REGISTRY];
}

/**
 * Runs the writers of one session one after another within this process. On a store without compare and swap this is what
 * keeps their updates. On one with it, this saves retries.
 */
export async function withSessionLock<T>(
  key: string,
  deadline: Deadline,
  onTimeout: () => Error,
  task: () => Promise<T>,
): Promise<T> {
  const waiting = queues().get(key);
  if (waiting) await turn(waiting, deadline, onTimeout);
  else queues().set(key, []);
  try {
    return await task();
  } finally {
    leave(key);
  }
}

/** Waits at the end of the queue. A writer that gives up leaves the queue and lets nobody in. */
function turn(waiting: Enter[], deadline: Deadline, onTimeout: () => Error): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = deadline.timer(() => {
      waiting.splice(waiting.indexOf(enter), 1);
      reject(onTimeout());
    });
    const enter = () => {
      clearTimeout(timer);
      resolve();
    };
    waiting.push(enter);
  });
}

function leave(key: string): void {
  const next = queues().get(key)?.shift();
  if (next) next();
  else queues().delete(key);
}
