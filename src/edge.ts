import { SessionError } from './lib/errors.js';

// What the Edge runtime gets (export condition "edge-light"). Without it a build would stop at the first Node
// module, naming no cause; so this imports none, and says on use what to do.

export { SessionError } from './lib/errors.js';
export { promisifyStore } from './stores/express/promisify-store.js';
export { MemoryStore } from './stores/memory/memory-store.js';

export class AppSession {
  constructor() {
    throw noEdge();
  }
}

/** Takes any options, so that a module which only sets up sessions may be imported. */
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
