import type { Server } from 'node:http';

const OWN = Symbol.for('next-app-session.own-server');

/** Marks a server as one of this library, for all copies of this module. */
export function markOwn(server: Server): void {
  Reflect.set(server, OWN, true);
}

/** Returns whether a server is one of this library, and not the app's. */
export function isOwn(server: Server): boolean {
  return Reflect.has(server, OWN);
}
