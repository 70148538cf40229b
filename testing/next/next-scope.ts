/** What Next is told of a request. */
export interface ScopeRequest {
  readonly pathname: string;
  readonly search: string;
  /** As Node's server has them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Where in an app code runs. */
export type Phase = 'route' | 'action' | 'component' | 'proxy';

/** One request inside Next: what `cookies()`, `headers()`, `revalidatePath()` and `after()` find. */
export interface NextScope {
  run<T>(code: () => Promise<T>): Promise<T>;
  /** Adds what `cookies()` has set to a response's headers, as Next does; whether there was anything. */
  appendCookies(headers: Headers): boolean;
  /** The paths and tags that were revalidated. */
  revalidated(): string[];
  /** Ends the response: `after()` callbacks run, and the first error of one is thrown. */
  close(): Promise<void>;
}

/** The name that Next gives to what runs: some of its functions tell handlers from pages by it. */
export function pageOf({ pathname }: ScopeRequest, phase: Phase): string {
  if (phase === 'proxy') return '/';
  const folder = pathname.replace(/\/$/, '');
  return `${folder}/${phase === 'route' ? 'route' : 'page'}`;
}

const PATH_TAG = '_N_T_';

/** Paths as they were given to revalidatePath, tags as they were given to revalidateTag. */
export function readTags(tags: readonly string[]): string[] {
  const isPath = (tag: string) => tag.startsWith(PATH_TAG);
  const names = tags.map((tag) => (isPath(tag) ? tag.slice(PATH_TAG.length) : tag));
  // Next adds the other name of the root.
  return [...new Set(names)].filter((name) => !(name === '/index' && names.includes('/')));
}

/** A cache that keeps nothing, for what asks for one. */
export const noCache = {
  isOnDemandRevalidate: false,
  generateCacheKey: async (key: string) => key,
  get: async () => null,
  set: async () => {},
  revalidateTag: async () => {},
  resetRequestCache: () => {},
};
