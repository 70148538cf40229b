/** A request, as Next's functions take it. */
export interface ScopeRequest {
  readonly pathname: string;
  readonly search: string;
  /** By lower-case name, as Node's server has them. */
  readonly headers: Readonly<Record<string, string>>;
}

export const PHASES = ['route', 'action', 'component', 'proxy'] as const;

/** The part of an app that code runs in: a Route Handler, a Server Action, a Server Component, or proxy. */
export type Phase = (typeof PHASES)[number];

/** One request inside Next. `cookies()`, `headers()`, `revalidatePath()` and `after()` work in it. */
export interface NextScope {
  run<T>(code: () => Promise<T>): Promise<T>;
  /** Adds the cookies that `cookies()` has set to headers, as Next does. Returns false if there are none. */
  appendCookies(headers: Headers): boolean;
  /** Returns the paths and tags that were revalidated. */
  revalidated(): string[];
  /** Ends the response, which runs the `after()` callbacks. Throws the first of their errors. */
  close(): Promise<void>;
}

/** Returns the name that Next gives to running code. Some of its functions tell handlers from pages by it. */
export function pageOf({ pathname }: ScopeRequest, phase: Phase): string {
  if (phase === 'proxy') return '/';
  const folder = pathname.replace(/\/$/, '');
  return `${folder}/${phase === 'route' ? 'route' : 'page'}`;
}

const PATH_TAG = '_N_T_';

/** Returns paths as they were passed to revalidatePath, and tags as they were passed to revalidateTag. */
export function readTags(tags: readonly string[]): string[] {
  const isPath = (tag: string) => tag.startsWith(PATH_TAG);
  const names = tags.map((tag) => (isPath(tag) ? tag.slice(PATH_TAG.length) : tag));
  // For the root, Next also adds its other name.
  return [...new Set(names)].filter((name) => !(name === '/index' && names.includes('/')));
}

/** A cache that keeps nothing. Next's functions need one. */
export const noCache = {
  isOnDemandRevalidate: false,
  generateCacheKey: async (key: string) => key,
  get: async () => null,
  set: async () => {},
  revalidateTag: async () => {},
  resetRequestCache: () => {},
};
