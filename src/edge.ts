import { SessionError } from './lib/errors.js';

// The entry for the Edge runtime (export condition "edge-light"). It imports no Node module: a build for the
// Edge runtime would stop there without naming the cause. Instead it throws an error that says what to do.

export { SessionError } from './lib/errors.js';
export { promisifyStore } from './stores/express/promisify-store.js';
export { MemoryStore } from './stores/memory/memory-store.js';

/** The class of the handle, which cannot be created on the Edge runtime. */
export class AppSession {
  constructor() {
    throw noEdge();
  }
}

/**
 * Accepts any options and throws only when a session is used, so that a module that sets up sessions can
 * still be imported on the Edge runtime.
 */
export default function nextAppSession(): (() => never) & { user: () => never } {
  const session = (): never => {
    throw noEdge();
  };
  return Object.assign(session, { user: session });
}

function noEdge(): SessionError {
  return new SessionError(
    'ERR_SESSION_EDGE_RUNTIME',
    'Sessions need the Node.js runtime, and this runs on the Edge runtime. In a route or page, remove ' +
      "export const runtime = 'edge'. In middleware, use proxy.ts (Next 16), or export const config = " +
      "{ runtime: 'nodejs' } (Next 15.5); before that, read the session in the page or handler instead.",
  );
}
