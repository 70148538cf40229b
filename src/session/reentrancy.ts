import { AsyncLocalStorage } from 'node:async_hooks';
import { SessionError } from '../lib/errors.js';

/** Whether a synchronous function of the app runs. A call of the session then comes from inside it. */
let isRunning = false;

/** Says for each call within an async function of the app whether that still runs. */
const asyncRun = new AsyncLocalStorage<{ isRunning: boolean }>();

/** Throws ERR_SESSION_REENTRANT inside a function that the app has given to the session: a call there could wait for itself. */
export function refuseReentrant(): void {
  if (!isRunning && !asyncRun.getStore()?.isRunning) return;
  throw new SessionError(
    'ERR_SESSION_REENTRANT',
    'The session was called inside a function given to update(), regenerate() or refresh(). Use what the function is ' +
      'given, and call the session before or after.',
  );
}

/** Runs a function of the app that must not call the session. */
export function withoutSession<T>(run: () => T): T {
  isRunning = true;
  try {
    return run();
  } finally {
    isRunning = false;
  }
}

/** Runs an async function of the app that must not call the session. What it leaves running may. */
export async function withoutSessionAsync<T>(run: () => Promise<T>): Promise<T> {
  const own = { isRunning: true };
  try {
    return await asyncRun.run(own, run);
  } finally {
    own.isRunning = false;
  }
}
