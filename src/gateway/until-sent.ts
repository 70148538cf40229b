import type { Operation } from './operation.js';
import { UnsentCall } from './store-failures.js';

/** How long to wait, in milliseconds, for the client's new connection. It has one within a moment, if the server is there. */
const PAUSES_MS = [25, 50, 100, 200, 400];

/** Makes a call after a connection was lost. Tries again for a moment while it cannot be sent. */
export async function untilSent<T>(call: () => Promise<T>, { context, deadline }: Operation): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof UnsentCall) || deadline.passed) throw error;
      await context.process.pause(pause);
    }
  }
  return call();
}
