import type { Store } from 'next-app-session';
import type { Bug } from './job.js';

/** How often a bug shows: rarely, as a race does. */
const EACH = 25;

type Atomic = NonNullable<Store<object>['atomic']>;
type SessionRecord = Parameters<Store<object>['set']>[1];

/** Puts a bug into a store that can compare and swap, to see that the soak finds it. Without a bug, returns the store. */
export function planted(store: Store<object>, bug: Bug | undefined): Store<object> {
  const { atomic } = store;
  if (!bug || !atomic) return store;
  let calls = 0;
  const isTurn = () => ++calls % EACH === 0;
  const changed: Partial<Store<object>> = bugs[bug]({ store, atomic, isTurn });
  return new Proxy(store, {
    get: (target, name) => {
      const member = Reflect.get(name in changed ? changed : target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

interface Ground {
  readonly store: Store<object>;
  readonly atomic: Atomic;
  readonly isTurn: () => boolean;
}

const bugs: Readonly<Record<Bug, (ground: Ground) => Partial<Store<object>>>> = {
  'acknowledges a write that it loses': ({ atomic, isTurn }) => ({
    atomic: {
      load: (...call) => atomic.load(...call),
      swap: async (...call) => (call[1] !== null && isTurn() ? 'lost' : atomic.swap(...call)),
    },
  }),
  'swaps whatever the version is': ({ atomic }) => ({
    atomic: {
      load: (...call) => atomic.load(...call),
      swap: async (id, expected, record, options) => {
        const now = await atomic.load(id, options);
        return atomic.swap(id, expected === null ? null : (now?.version ?? null), record, options);
      },
    },
  }),
  'brings back what was destroyed': ({ store, atomic }) => {
    const last = new Map<string, SessionRecord>();
    return {
      atomic: {
        load: (...call) => atomic.load(...call),
        swap: async (id, expected, record, options) => {
          last.set(id, record);
          return atomic.swap(id, expected, record, options);
        },
      },
      destroy: async (id, ...rest) => {
        await store.destroy(id, ...rest);
        const record = last.get(id);
        // There are few deletions: each one shows it.
        if (record) setTimeout(() => void store.set(id, record), 20);
      },
    };
  },
  'reads what was there before': ({ store, atomic, isTurn }) => {
    const cached = new Map<string, Awaited<ReturnType<Atomic['load']>>>();
    return {
      get: (...call) => store.get(...call),
      atomic: {
        load: async (id, options) => {
          const isLate = isTurn() && cached.has(id);
          const loaded = isLate ? cached.get(id) : await atomic.load(id, options);
          if (!isLate) cached.set(id, loaded ?? null);
          return loaded ?? null;
        },
        swap: (...call) => atomic.swap(...call),
      },
    };
  },
};
