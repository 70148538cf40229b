import { type MaybePromise, mapMaybe } from '../lib/maybe-promise.js';

/**
 * The phase of a request in which Next runs the caller:
 * - `render`: a Server Component, layout or generateMetadata
 * - `action`: a Route Handler or Server Action, where cookies can be set
 * - `after`: a callback of `after()`
 * - `left-over`: what a Server Action left running when it returned, such as a promise in its result
 * - `proxy`: proxy.ts, or middleware on the Node runtime
 * - `static`: a page or a Route Handler that is forced to be static, where cookies are empty
 * - `unknown`: Next does not say. Next 13 and 14 say `static` only.
 */
export type NextPhase = 'render' | 'action' | 'after' | 'left-over' | 'proxy' | 'static' | 'unknown';

interface WorkUnit {
  readonly type?: unknown;
  readonly phase?: unknown;
}

interface Work {
  readonly page?: unknown;
  /** As Next 13 and 14 call it. */
  readonly pagePath?: unknown;
  readonly forceStatic?: unknown;
}

interface Action {
  readonly isAction?: unknown;
}

interface Storage<T> {
  getStore(): T | undefined;
}

/** The phase and the request in which code runs. */
export interface NextContext {
  readonly phase: NextPhase;
  /** The same object in all phases of a request, or undefined if Next has none. */
  readonly request: object | undefined;
  /** The route as Next names it, such as `/account/page`. */
  readonly page: unknown;
}

/**
 * Returns the phase and the request of the caller. Reads them from internal AsyncLocalStorages of Next, because Next's public
 * functions do not tell `after()` from a render, or proxy from a handler.
 *
 * Bundlers leave the imports of these storages alone. The imports then give Next's own instances, and an app on a version of
 * Next that lacks some of these files still builds.
 */
export function nextContext(): MaybePromise<NextContext> {
  storages ??= loadStorages().then((loaded) => {
    storages = loaded;
    return loaded;
  });
  return mapMaybe(storages, ({ unit, work, action }) => {
    const request = unit?.getStore();
    const route = work?.getStore();
    return {
      request,
      phase: phaseOf(request, route, action?.getStore()),
      page: route?.page ?? route?.pagePath,
    };
  });
}

function phaseOf({ type, phase }: WorkUnit = {}, work: Work = {}, action: Action = {}): NextPhase {
  if (phase === 'after') return phase;
  if (work.forceStatic) return 'static';
  // The page that is rendered after an action runs outside of it. Next 15 runs it inside, if the action was called by fetch.
  if (phase === 'render') return action.isAction ? 'left-over' : phase;
  if (phase !== 'action') return 'unknown';
  // A handler cannot set cookies if Next prerenders it.
  if (type !== undefined && type !== 'request') return 'render';
  return typeof work.page === 'string' && !/\/(page|route)$/.test(work.page) ? 'proxy' : 'action';
}

interface Storages {
  readonly unit?: Storage<WorkUnit>;
  readonly work?: Storage<Work>;
  readonly action?: Storage<Action>;
}

let storages: MaybePromise<Storages> | undefined;

async function loadStorages(): Promise<Storages> {
  try {
    const [unit, work, action] = await Promise.all([
      import(
        /* webpackIgnore: true */ /* turbopackIgnore: true */
        'next/dist/server/app-render/work-unit-async-storage.external.js'
      ),
      import(
        /* webpackIgnore: true */ /* turbopackIgnore: true */
        'next/dist/server/app-render/work-async-storage.external.js'
      ),
      import(
        /* webpackIgnore: true */ /* turbopackIgnore: true */
        'next/dist/server/app-render/action-async-storage.external.js'
      ),
    ]);
    return {
      unit: unit.workUnitAsyncStorage as Storage<WorkUnit>,
      work: work.workAsyncStorage as Storage<Work>,
      action: action.actionAsyncStorage as Storage<Action>,
    };
  } catch {
    return loadLegacyStorages();
  }
}

/** Next 15 and later do not have it. As a literal in an import, Vite would look for it there too, and fail. */
const LEGACY: string = 'next/dist/client/components/static-generation-async-storage.external.js';

async function loadLegacyStorages(): Promise<Storages> {
  try {
    const work = await import(
      /* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ LEGACY
    );
    return { work: work.staticGenerationAsyncStorage as Storage<Work> };
  } catch {
    return {};
  }
}
