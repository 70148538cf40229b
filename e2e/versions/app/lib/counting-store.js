import { MemoryStore } from 'next-app-session';

/** The store's calls since they were last asked for, for all copies of this module in the process. */
globalThis.storeCalls ??= [];

export function takeCalls() {
  return globalThis.storeCalls.splice(0);
}

export class CountingStore extends MemoryStore {
  atomic = counted(this.atomic);

  destroy(...args) {
    globalThis.storeCalls.push('destroy');
    return super.destroy(...args);
  }
}

function counted({ load, swap }) {
  return {
    load(...args) {
      globalThis.storeCalls.push('get');
      return load(...args);
    },
    swap(...args) {
      globalThis.storeCalls.push('set');
      return swap(...args);
    },
  };
}
