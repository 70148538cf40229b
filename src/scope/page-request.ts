/** The part that is used of what Next keeps on a request of the Pages Router. Next 13 has other names. */
interface RequestMeta {
  readonly match?: PageMatch;
  readonly _nextMatch?: PageMatch;
  readonly incrementalCache?: PageCache;
  readonly _nextIncrementalCache?: PageCache;
  readonly initURL?: string;
  readonly __NEXT_INIT_URL?: string;
}

interface PageMatch {
  readonly definition?: PageDefinition;
}

interface PageDefinition {
  /** The page that is being rendered, such as `/posts/[id]`, or `/404`. */
  readonly page?: string;
  /** Where the site has several languages. Next's own definition of an error page lacks it. */
  readonly i18n?: object;
}

interface PageCache {
  readonly prerenderManifest?: PrerenderManifest;
}

interface PrerenderManifest {
  /** By path, after the language if there are several. Those of a dynamic page have it as `srcRoute`. */
  readonly routes?: Readonly<Record<string, { readonly srcRoute?: string | null }>>;
  /** By page. */
  readonly dynamicRoutes?: Readonly<Record<string, unknown>>;
  /** The paths that were not found at the build. */
  readonly notFoundRoutes?: readonly string[];
}

const META = Symbol.for('NextInternalRequestMeta');

/**
 * Returns whether Next renders a page with `getStaticProps` for this request. It does so while it answers some visitor, with the
 * visitor's own request, and then shows the page to everybody. `next dev` keeps no page, so there it is false.
 */
export function isSharedPage(request: object): boolean {
  const meta = metaOf(request);
  const definition = (meta.match ?? meta._nextMatch)?.definition;
  const manifest = (meta.incrementalCache ?? meta._nextIncrementalCache)?.prerenderManifest;
  if (!manifest || definition?.page === undefined) return false;
  const { page, i18n } = definition;
  const shared = sharedPages(manifest);
  return shared.has(page) || ((i18n !== undefined || isErrorPage(page)) && shared.has(inAnyLanguage(page)));
}

/** The pages of each manifest, of which a process has one. It may have 100,000 paths. */
const known = new WeakMap<PrerenderManifest, ReadonlySet<string>>();

function sharedPages(manifest: PrerenderManifest): ReadonlySet<string> {
  const found = known.get(manifest) ?? new Set(pagesIn(manifest));
  known.set(manifest, found);
  return found;
}

function* pagesIn({ routes = {}, dynamicRoutes = {}, notFoundRoutes = [] }: PrerenderManifest) {
  yield* Object.keys(dynamicRoutes);
  const paths = Object.keys(routes).filter((path) => routes[path]?.srcRoute == null);
  for (const path of [...paths, ...notFoundRoutes]) {
    yield path;
    yield inAnyLanguage(path.replace(/^\/[^/]*/, ''));
  }
}

function inAnyLanguage(path: string): string {
  return `*${path === '/' ? '' : path}`;
}

function isErrorPage(page: string): boolean {
  return page === '/404' || page === '/500';
}

/** Returns the URL that the browser asked for. Next and Express leave only a part of it in `url`. */
export function urlInBrowser(request: object): string | undefined {
  const { initURL, __NEXT_INIT_URL } = metaOf(request);
  const url: unknown =
    initURL ?? __NEXT_INIT_URL ?? Reflect.get(request, 'originalUrl') ?? Reflect.get(request, 'url');
  return typeof url === 'string' ? url : undefined;
}

function metaOf(request: object): RequestMeta {
  return Reflect.get(request, META) ?? {};
}
