import type { AsyncLocalStorage } from 'node:async_hooks';
import { nextInternal, nextStorage } from './next-internals.js';
import { type NextScope, noCache, type Phase, pageOf, readTags, type ScopeRequest } from './next-scope.js';

interface RequestStore {
  readonly mutableCookies: object;
}

interface Legacy {
  readonly request: AsyncLocalStorage<unknown>;
  readonly action: AsyncLocalStorage<unknown>;
  readonly work: AsyncLocalStorage<unknown>;
  readonly wrapper: {
    wrap<T>(storage: object, context: object, code: (store: RequestStore) => T): T;
  };
  readonly appendCookies: (headers: Headers, cookies: object) => boolean;
}

let loading: Promise<Legacy> | undefined;

async function load(): Promise<Legacy> {
  const components = 'client/components/';
  const wrapper = 'server/async-storage/request-async-storage-wrapper.js';
  const requestCookies = 'server/web/spec-extension/adapters/request-cookies.js';
  const work = await nextStorage(
    `${components}static-generation-async-storage.external.js`,
    'staticGenerationAsyncStorage',
  );
  // Next 13.5 finds the storage on fetch, which its server patches.
  if (!('__nextGetStaticStore' in fetch)) Object.assign(fetch, { __nextGetStaticStore: () => work });
  return {
    request: await nextStorage(`${components}request-async-storage.external.js`, 'requestAsyncStorage'),
    action: await nextStorage(`${components}action-async-storage.external.js`, 'actionAsyncStorage'),
    work,
    wrapper: await nextInternal(wrapper, 'RequestAsyncStorageWrapper'),
    appendCookies: await nextInternal(requestCookies, 'appendMutableCookies'),
  };
}

/** Opens a request scope as Next 13.5 and 14 do. */
export async function openLegacyScope(request: ScopeRequest, phase: Phase): Promise<NextScope> {
  loading ??= load();
  const next = await loading;
  const work = {
    isStaticGeneration: false,
    urlPathname: request.pathname,
    pagePath: pageOf(request, phase),
    incrementalCache: noCache,
    revalidatedTags: [] as string[],
  };
  let cookies: object | undefined;
  const action =
    phase === 'component' ? undefined : { isAction: phase === 'action', isAppRoute: phase !== 'action' };
  return {
    run: (code) =>
      next.work.run(work, () =>
        next.action.run(action, () =>
          next.wrapper.wrap(next.request, { req: request }, (store) => {
            cookies = store.mutableCookies;
            return code();
          }),
        ),
      ) as ReturnType<typeof code>,
    appendCookies: (headers) => cookies !== undefined && next.appendCookies(headers, cookies),
    revalidated: () => readTags(work.revalidatedTags),
    close: async () => {},
  };
}
