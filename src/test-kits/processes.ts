import { afterEach, beforeEach } from 'vitest';

const REGISTRIES = ['next-app-session.locks', 'next-app-session.flights'].map((name) => Symbol.for(name));

/** Makes each request of a test act as a process of its own, which knows no lock and no flight of the others. */
export function actAsProcesses(): void {
  const registry = globalThis as Record<symbol, unknown>;
  beforeEach(() => {
    for (const name of REGISTRIES) {
      registry[name] = new (class extends Map<string, unknown> {
        override get = () => undefined;
      })();
    }
  });
  afterEach(() => {
    for (const name of REGISTRIES) registry[name] = new Map();
  });
}
