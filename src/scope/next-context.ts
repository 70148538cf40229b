import { type MaybePromise, mapMaybe } from '../lib/maybe-promise.js';

/**
 * Where Next runs the caller:
 * - `render`: a Server Component, layout or generateMetadata
 * - `action`: a Route Handler or Server Action, where cookies can be set
 * - `after`: a callback of `after()`
 * - `proxy`: proxy.ts, or middleware on the Node runtime
 * - `unknown`: Next does not say, as 13 and 14 do not
 */
export type NextPhase = 'render' | 'action' | 'after' | 'proxy' | 'unknown';

interface WorkUnit {
  readonly type?: unknown;
  readonly phase?: unknown;
}

interface Work {
  readonly page?: unknown;
  readonly forceStatic?: unknown;
}

interface Storage<T> {
  getStore(): T | undefined;
}

/** Where code runs. */
export interface NextContext {
  readonly phase: NextPhase;
  /** The same object in all phases of a request; undefined where Next has none. */
  readonly request: object | undefined;
}

/**
 * Asks Next itself, since its public functions do not tell `after()` from a render, nor proxy from a handler:
 * Next 15 and later note it in two internal AsyncLocalStorages. The imports are left alone by bundlers, so that
 * these are Next's own instances, and so that Next 13 and 14, which have neither these files nor `after()`, still
 * build.
 */
export function nextContext(): MaybePromise<NextContext> {
  storages ??= loadStorages().then((loaded) => {
    storages = loaded;
    return loaded;
  });
  return mapMaybe(storages, ({ unit, work }) => {
    const request = unit?.getStore();
    return { request, phase: request ? phaseOf(request, work?.getStore()) : 'unknown' };
  });
}

function phaseOf({ type, phase }: WorkUnit, work: Work = {}): NextPhase {
  if (phase === 'render' || phase === 'after') return phase;
  if (phase !== 'action') return 'unknown';
  // A handler that Next prerenders, or that is forced to be static, has no cookies to set.
  if (work.forceStatic || (type !== undefined && type !== 'request')) return 'render';
  return typeof work.page === 'string' && !/\/(page|route)$/.test(work.page) ? 'proxy' : 'action';
}

interface Storages {
  readonly unit: Storage<WorkUnit> | undefined;
  readonly work: Storage<Work> | undefined;
}

let storages: MaybePromise<Storages> | undefined;

async function loadStorages(): Promise<Storages> {
  try {
    const [unit, work] = await Promise.all([
      import(
        /* webpackIgnore: true */ /* turbopackIgnore: true */
        'next/dist/server/app-render/work-unit-async-storage.external.js'
      ),
      import(
        /* webpackIgnore: true */ /* turbopackIgnore: true */
        'next/dist/server/app-render/work-async-storage.external.js'
      ),
    ]);
    return {
      unit: unit.workUnitAsyncStorage as Storage<WorkUnit>,
      work: work.workAsyncStorage as Storage<Work>,
    };
  } catch {
    return { unit: undefined, work: undefined };
  }
}
