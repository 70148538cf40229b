/**
 * Where Next runs the caller:
 * - `render`: a Server Component, layout or generateMetadata
 * - `action`: a Route Handler or Server Action
 * - `after`: a callback of `after()`
 * - `proxy`: proxy.ts, or middleware on the Node runtime
 */
export type NextPhase = 'render' | 'action' | 'after' | 'proxy';

interface Storage {
  getStore(): { phase?: unknown; page?: unknown } | undefined;
}

/**
 * Asks Next itself, since its public functions do not tell `after()` from a render, nor proxy from a handler:
 * Next 15 and later note it in two internal AsyncLocalStorages. The imports are left alone by bundlers, so that
 * these are Next's own instances, and so that Next 13 and 14, which have neither these files nor `after()`, still
 * build. `undefined` where Next does not say.
 */
export async function nextPhase(): Promise<NextPhase | undefined> {
  storages ??= loadStorages();
  const { unit, work } = await storages;
  const phase = unit?.getStore()?.phase;
  if (phase !== 'render' && phase !== 'action' && phase !== 'after') return undefined;
  const page = work?.getStore()?.page;
  const isProxy = phase === 'action' && typeof page === 'string' && !/\/(page|route)$/.test(page);
  return isProxy ? 'proxy' : phase;
}

interface Storages {
  readonly unit: Storage | undefined;
  readonly work: Storage | undefined;
}

let storages: Promise<Storages> | undefined;

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
    return { unit: unit.workUnitAsyncStorage as Storage, work: work.workAsyncStorage as Storage };
  } catch {
    return { unit: undefined, work: undefined };
  }
}
