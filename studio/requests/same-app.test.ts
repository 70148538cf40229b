import { beforeAll, describe, expect, it, vi } from 'vitest';
import nextAppSession, { MemoryStore } from '../../src/index.js';
import { overridesStorage } from '../../src/test-seam/overrides-storage.js';
import { type CountingApp, OpenedStudio } from '../test-kits/studio-app.js';
import { countingApp } from '../test-kits/watched-app.js';

// The app answers the same with the studio as without it, and its store is called the same, whatever the store does.

let studio: OpenedStudio;
beforeAll(async () => {
  studio = await OpenedStudio.open(nextAppSession({ name: 'first', secret: 'x'.repeat(32) }), 0);
});

type Call = (...args: unknown[]) => unknown;

/**
 * What a store does instead of a call.
 *
 * @param n how many calls of this method there were, this one included.
 * @param call runs it.
 */
type Trick = (n: number, call: () => unknown) => unknown;

const hangs = () => new Promise(() => {});
const fails = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
const throws = (what: unknown): never => {
  throw what;
};

const TRICKS: Readonly<Record<string, Readonly<Record<string, Trick>>>> = {
  'does what it should': {},
  'is slow': {
    load: async (_, call) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return call();
    },
  },
  'hangs in a read': { load: (n, call) => (n === 2 ? hangs() : call()) },
  'hangs in reads': { load: (n, call) => (n >= 2 && n < 5 ? hangs() : call()) },
  'hangs in a write': { swap: (n, call) => (n === 2 ? hangs() : call()) },
  'loses the answer of a write': {
    swap: async (n, call) => {
      const version = await call();
      return n === 2 ? fails('ECONNRESET') : version;
    },
  },
  'refuses a write': { swap: (n, call) => (n === 2 ? fails('ECONNREFUSED') : call()) },
  'refuses all writes': { swap: (n, call) => (n >= 2 ? fails('ECONNREFUSED') : call()) },
  'meets conflicts': { swap: (n, call) => (n === 2 || n === 3 ? null : call()) },
  'throws at a write': { swap: (n, call) => (n === 2 ? throws(new Error('at once')) : call()) },
  'throws at a read': { load: (n, call) => (n === 2 ? throws(new Error('at once')) : call()) },
  'throws null': { load: (n, call) => (n === 2 ? throws(null) : call()) },
  'reads nonsense': { load: (n, call) => (n === 2 ? { record: 5, version: 7 } : call()) },
  'reads a text': { load: (n, call) => (n === 2 ? 'text' : call()) },
  'reads what throws': {
    load: (n, call) => {
      const record = () => throws(new Error('got'));
      return n === 2 ? Object.defineProperty({ version: '' }, 'record', { get: record }) : call();
    },
  },
  'has an index that fails': { add: () => fails('EPIPE') },
  'has an index that throws': {
    add: () => throws(new Error('at once')),
    remove: () => throws(new Error('at once')),
  },
  'has an index that hangs': { add: hangs },
  'fails to delete': { destroy: () => fails('EPIPE') },
};

describe.each(Object.entries(TRICKS))('a store that %s', (_, tricks) => {
  it.each([
    ['with the index of users', { user: (data: { user?: string }) => data.user }],
    ['without', {}],
  ])('is the same for the app, %s', async (__, options) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const visited = () => visitAll({ ...options, name: 'same', storeTimeout: 0.3 }, tricks);
    const watched = async () => (await studio.requests()).slice(-VISITS).flatMap(({ calls }) => calls);
    const seen = await visited();
    expect(await watched()).toContainEqual(expect.objectContaining({ store: 'tricky' }));
    expect(seen).toEqual(await withoutStudio(visited));
    expect(await watched()).toEqual([]);
    vi.restoreAllMocks();
  });
});

/** How often `visitAll` visits the app. */
const VISITS = 9;

/** Returns what an app answers, and which calls its store gets. */
async function visitAll(options: object, tricks: Readonly<Record<string, Trick>>) {
  const calls: string[] = [];
  const app = await countingApp({ ...options, store: trickyStore(tricks, calls) });
  const answers: unknown[] = [];
  let cookie = '';
  for (const [method, path] of [
    ['POST', '/'],
    ['GET', '/'],
    ['POST', '/'],
    ['GET', '/sign-in'],
    ['GET', '/'],
    ['TWICE', '/'],
    ['DELETE', '/'],
    ['GET', '/'],
  ] as const) {
    if (method === 'TWICE') {
      const both = await Promise.all([app.visit('POST', cookie), app.visit('POST', cookie)]);
      answers.push(both.map(shown).toSorted());
      continue;
    }
    const answer = await app.visit(method, cookie, path);
    answers.push([shown(answer), answer.cookie === cookie]);
    cookie = answer.cookie;
  }
  app.stop();
  return { answers, calls };
}

function shown({ status, body }: Awaited<ReturnType<CountingApp['visit']>>): string {
  return `${status} ${JSON.stringify(body)}`;
}

/** Returns a store that does these tricks. It adds the names of its calls to `calls`. */
function trickyStore(tricks: Readonly<Record<string, Trick>>, calls: string[]): object {
  const inner = new MemoryStore();
  const counts = new Map<string, number>();
  const tricky = (methods: object, name: string): Call => {
    const method: Call = Reflect.get(methods, name).bind(methods);
    return (...args) => {
      const n = (counts.get(name) ?? 0) + 1;
      counts.set(name, n);
      calls.push(name);
      const call = () => method(...args);
      return tricks[name] ? tricks[name](n, call) : call();
    };
  };
  const all = (methods: object, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, tricky(methods, name)]));
  return {
    name: 'tricky',
    ...all(inner, ['get', 'set', 'destroy']),
    atomic: all(inner.atomic, ['load', 'swap']),
    users: all(inner.users, ['add', 'remove', 'list', 'revoke']),
  };
}

/** Runs a task whose requests get no overrides, as in an app without the studio. */
async function withoutStudio<T>(task: () => Promise<T>): Promise<T> {
  const storage = overridesStorage();
  const { enterWith } = storage;
  storage.enterWith = () => enterWith.call(storage, undefined as never);
  try {
    return await task();
  } finally {
    storage.enterWith = enterWith;
  }
}
