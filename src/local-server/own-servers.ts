import type { Server } from 'node:http';

const OWN = Symbol.for('next-app-session.own-servers');

/** Marks a server as one of this library, for all copies of this module. */
export function markOwn(server: Server): void {
  ownServers().add(server);
}

/** Returns whether a server is one of this library, and not the app's. */
export function isOwn(server: Server): boolean {
  return ownServers().has(server);
}

function ownServers(): WeakSet<Server> {
  const registry = globalThis as { [OWN]?: WeakSet<Server> };
  registry[OWN] ??= new WeakSet();
  return registry[OWN];
}
