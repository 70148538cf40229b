import type { Context, ReactNode } from 'react';
import { optionalNextInternal } from './next-internals.js';

/** Where a visitor is in the app, as Next's hooks tell Client Components. */
export interface Location {
  readonly pathname: string;
  readonly search: string;
  readonly params: Readonly<Record<string, string | string[]>>;
}

/** Only effects and handlers of events call these, and HTML has neither. */
const router = { back() {}, forward() {}, prefetch() {}, push() {}, refresh() {}, replace() {} };

/** Wraps a tree so that `usePathname()`, `useSearchParams()`, `useParams()` and `useRouter()` work in it. */
export async function withNavigation(
  tree: ReactNode,
  { pathname, search, params }: Location,
): Promise<ReactNode> {
  const { createElement } = await import('react');
  const hooks = 'shared/lib/hooks-client-context.shared-runtime.js';
  const values: [path: string, name: string, value: unknown][] = [
    [hooks, 'PathnameContext', pathname],
    [hooks, 'SearchParamsContext', new URLSearchParams(search)],
    [hooks, 'PathParamsContext', params],
    ['shared/lib/app-router-context.shared-runtime.js', 'AppRouterContext', router],
  ];
  let wrapped = tree;
  for (const [path, name, value] of values) {
    const context = await optionalNextInternal<Context<unknown>>(path, name);
    if (context) wrapped = createElement(context.Provider, { value }, wrapped);
  }
  return wrapped;
}
