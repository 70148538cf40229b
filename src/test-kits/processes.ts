import { afterEach, beforeEach } from 'vitest';

const LOCKS = Symbol.for('next-app-session.locks');

/** Makes each request of a test act as a process of its own, which knows no lock of the others. */
export function actAsProcesses(): void {
  const registry = globalThis as { [LOCKS]?: Map<string, unknown> };
  beforeEach(() => {
    registry[LOCKS] = new (class extends Map<string, unknown> {
      override get = () => undefined;
    })();
  });
  afterEach(() => {
    registry[LOCKS] = new Map();
  });
}
