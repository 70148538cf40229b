import { MemoryStore, type Store } from 'next-app-session';
import { expect, test } from 'vitest';
import { counter } from './races/counter.js';
import { settings } from './races/settings.js';
import { wizard } from './races/wizard.js';

/** A store of version 1: it cannot compare and swap. */
function plainStore(): Store {
  const memory = new MemoryStore();
  return {
    get: (id) => memory.get(id),
    set: (id, record) => memory.set(id, record),
    destroy: (id) => memory.destroy(id),
  };
}

test.each([settings, counter, wizard])(
  'on a store that cannot compare and swap, two processes lose a write even of the corrected app: $title',
  async ({ run, finds }) => {
    await expect(run('fixed', { store: plainStore })).rejects.toThrow(finds);
  },
);
