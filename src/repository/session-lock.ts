import type { Deadline } from '../lib/deadline.js';
import type { HostProcess } from '../lib/host-process.js';

const REGISTRY = Symbol.for('next-app-session.locks');

/** Lets a waiting writer in. */
type Enter = () => void;

/**
 * The sessions that have a writer, each with the writers that wait. All copies of this module in a process share them, because
 * Next loads several, and their requests share sessions.
 */
function queuesOf({ shared }: HostProcess): Map<string, Enter[]> {
  const registry: { [REGISTRY]?: Map<string, Enter[]> } = shared;
  registry[REGISTRY] ??= new Map();
  return registry[REGISTRY];
}

/**
 * Runs the writers of one session one after another within a process. On a store without compare and swap this is what
 * keeps their updates. On one with it, this saves retries.
 */
export async function withSessionLock<T>(
  process: HostProcess,
  key: string,
  deadline: Deadline,
  onTimeout: () => Error,
  task: () => Promise<T>,
): Promise<T> {
  const queues = queuesOf(process);
  const waiting = queues.get(key);
  if (waiting) await turn(waiting, deadline, onTimeout);
  else queues.set(key, []);
  try {
    return await task();
  } finally {
    leave(queues, key);
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

function leave(queues: Map<string, Enter[]>, key: string): void {
  const next = queues.get(key)?.shift();
  if (next) next();
  else queues.delete(key);
}
