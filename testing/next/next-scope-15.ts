import type { AsyncLocalStorage } from 'node:async_hooks';
import { nextInternal, nextStorage, optionalNextInternal, withRealStorage } from './next-internals.js';
import { type NextScope, noCache, type Phase, pageOf, readTags, type ScopeRequest } from './next-scope.js';

export interface RequestStore {
  phase: 'action' | 'render' | 'after';
  readonly mutableCookies: object;
}

interface WorkStore {
  /** Strings, in 15.0. Later versions have `pendingRevalidatedTags`: first of strings, then of objects. */
  revalidatedTags?: readonly string[];
  pendingRevalidatedTags?: readonly (string | { readonly tag: string })[];
}

interface WorkContext {
  readonly page: string;
  readonly renderOpts: { readonly incrementalCache: object; readonly [option: string]: unknown };
  readonly [option: string]: unknown;
}

export interface Modern {
  readonly work: AsyncLocalStorage<unknown>;
  readonly workUnit: AsyncLocalStorage<unknown>;
  readonly action: AsyncLocalStorage<unknown>;
  readonly createRequestStore: (...args: unknown[]) => RequestStore;
  readonly createWorkStore: (context: WorkContext) => WorkStore;
  readonly appendCookies: (headers: Headers, cookies: object) => boolean;
}

let loading: Promise<Modern> | undefined;

/** Returns the functions and storages of Next that a scope needs. */
export function modernNext(): Promise<Modern> {
  loading ??= load();
  return loading;
}

/** Returns what Next itself keeps for one request. */
export function openRequestStore(next: Modern, request: object): RequestStore {
  const tags = { tags: [], expirationsByCacheKind: new Map() };
  return next.createRequestStore(request, request, tags, undefined, undefined, undefined);
}

async function load(): Promise<Modern> {
  const render = 'server/app-render/';
  const requestStore = 'server/async-storage/request-store.js';
  const requestCookies = 'server/web/spec-extension/adapters/request-cookies.js';
  // Next 15.0 does not have it.
  const afterTask = await optionalNextInternal<AsyncLocalStorage<unknown>>(
    `${render}after-task-async-storage.external.js`,
    'afterTaskAsyncStorage',
  );
  if (afterTask) withRealStorage(afterTask);
  return {
    work: await nextStorage(`${render}work-async-storage.external.js`, 'workAsyncStorage'),
    workUnit: await nextStorage(`${render}work-unit-async-storage.external.js`, 'workUnitAsyncStorage'),
    action: await nextStorage(`${render}action-async-storage.external.js`, 'actionAsyncStorage'),
    createRequestStore: await nextInternal(requestStore, 'createRequestStoreForAPI'),
    createWorkStore:
      (await optionalNextInternal('server/async-storage/work-store.js', 'createWorkStore')) ?? plainWorkStore,
    appendCookies: await nextInternal(requestCookies, 'appendMutableCookies'),
  };
}

/** Makes the work store of Next 15.0.0, which exports no function for that. `after()` does not work in it. */
function plainWorkStore({ page, renderOpts }: WorkContext): WorkStore {
  return { page, route: page, incrementalCache: renderOpts.incrementalCache } as WorkStore;
}

/** Opens a request scope as Next 15 and 16 do. */
export async function openModernScope(request: ScopeRequest, phase: Phase): Promise<NextScope> {
  const next = await modernNext();
  const queue = new AfterQueue();
  const store = openRequestStore(next, request);
  store.phase = phase === 'component' ? 'render' : 'action';
  const work = next.createWorkStore({
    page: pageOf(request, phase),
    isPrefetchRequest: false,
    buildId: 'test',
    previouslyRevalidatedTags: [],
    renderOpts: {
      supportsDynamicResponse: true,
      incrementalCache: noCache,
      cacheLifeProfiles: {},
      // Next 15.0 needs this for after().
      experimental: { after: true },
      waitUntil: queue.waitUntil,
      onClose: queue.onClose,
      onAfterTaskError: queue.onError,
    },
  });
  const action = { action: { isAction: true }, route: { isAppRoute: true } }[phase as 'action' | 'route'];
  return {
    run: (code) =>
      next.work.run(work, () => next.action.run(action, () => next.workUnit.run(store, code))) as ReturnType<
        typeof code
      >,
    appendCookies: (headers) => next.appendCookies(headers, store.mutableCookies),
    revalidated: () => {
      const found = work.pendingRevalidatedTags ?? work.revalidatedTags ?? [];
      return readTags(found.map((entry) => (typeof entry === 'string' ? entry : entry.tag)));
    },
    close: () => queue.close(),
  };
}

/** The tasks of `after()`: what they wait for, and the errors that they threw. */
class AfterQueue {
  readonly #closing: (() => void)[] = [];
  readonly #pending: Promise<unknown>[] = [];
  readonly #errors: unknown[] = [];

  readonly waitUntil = (task: Promise<unknown>) => {
    this.#pending.push(task);
  };
  readonly onClose = (callback: () => void) => {
    this.#closing.push(callback);
  };
  readonly onError = (error: unknown) => {
    this.#errors.push(error);
  };

  async close(): Promise<void> {
    for (const callback of this.#closing) callback();
    // A callback of after() may call after().
    for (let task = this.#pending.shift(); task; task = this.#pending.shift()) await task;
    if (this.#errors.length > 0) throw this.#errors[0];
  }
}
