import { isFullRun } from '../../scripts/full-run.mjs';

/** One built app: a version of Next, how it is built, and what it can do. */
export interface Variant {
  /** Another for each variant: its app's folder has this name. */
  readonly name: string;
  /** Runs in `npm run test:full` alone: other variants show the same rules. */
  readonly full?: true;
  /** The folder with the pinned version. */
  readonly install:
    | `../neighbours/${string}`
    | 'next-13'
    | 'next-13-version-1'
    | 'next-14'
    | 'next-15'
    | 'next-16'
    | 'next-16-stores'
    | 'next-16-telemetry'
    | 'next-16-telemetry-3';
  /** A version of Next that takes the place of the pinned one. */
  readonly next?: string;
  /** Folders that make up the app, later ones over earlier ones. */
  readonly sources: readonly string[];
  /** Left out by an app whose sources have a config. */
  readonly config?: object;
  readonly buildOptions: readonly string[];
  /** Options of `next dev`. */
  readonly devOptions?: readonly string[];
  readonly hasAfter: boolean;
  /** proxy.js, or middleware on the Node runtime; before that there is only the Edge runtime. */
  readonly hasNodeProxy: boolean;
  /** What `next start` runs on, if not on this Node: a package of npm with its version, and a program in it. */
  readonly runtime?: 'node@20.9.0' | 'node@22' | 'bun@1.4.5' | 'deno@2.9.6';
  /** Whether `next dev` is tested too. */
  readonly isTestedInDevelopment?: boolean;
}

export function chosen<V extends Variant>(all: readonly V[]): readonly V[] {
  return all.filter(({ full }) => isFullRun || !full);
}

export const node = { hasAfter: true, hasNodeProxy: true };
export const edge = { hasAfter: false, hasNodeProxy: false };

export const variants = chosen<Variant>([
  {
    name: 'Next 13.5',
    install: 'next-13',
    sources: ['app', 'begun', 'edge-route', 'edge-middleware'],
    config: { experimental: { serverActions: true } },
    buildOptions: [],
    ...edge,
  },
  {
    name: 'Next 14.2',
    install: 'next-14',
    sources: ['app', 'begun', 'edge-route', 'edge-middleware'],
    config: {},
    buildOptions: [],
    isTestedInDevelopment: isFullRun,
    ...edge,
  },
  {
    name: 'Next 15.5',
    install: 'next-15',
    sources: ['app', 'begun', 'edge-route', 'after', 'node-middleware'],
    config: {},
    buildOptions: [],
    ...node,
  },
  {
    name: 'Next 16.4 (Turbopack)',
    install: 'next-16',
    sources: ['app', 'begun', 'edge-route', 'after', 'proxy', 'jar', 'interrupts'],
    config: { experimental: { authInterrupts: true } },
    buildOptions: [],
    isTestedInDevelopment: true,
    ...node,
  },
  {
    name: 'Next 16.4 (webpack)',
    install: 'next-16',
    sources: ['app', 'begun', 'edge-route', 'after', 'proxy'],
    config: {},
    buildOptions: ['--webpack'],
    full: true,
    ...node,
  },
]);

/** What the next major version of Next has by default. Apart, since it wants pages written for it. */
export const nextDefaults: Variant = {
  name: 'Next 16.4 (cacheComponents, partialPrefetching)',
  install: 'next-16',
  sources: ['app/lib', 'cache-components'],
  config: { cacheComponents: true, partialPrefetching: true, serverExternalPackages: ['ioredis'] },
  buildOptions: [],
  ...node,
};

/** Apart, since it shares its sessions with an Express app. */
export const sharedWithExpress: Variant = {
  name: 'Next 16.4 (sessions of Express)',
  install: 'next-16',
  sources: ['app', 'shared-redis'],
  config: {},
  buildOptions: [],
  ...node,
};

/** Apart, since it brings the packages that export telemetry. */
export const withTelemetry: Variant = {
  name: 'Next 16.4 (telemetry)',
  install: 'next-16-telemetry',
  sources: ['app/lib', 'proxy', 'telemetry'],
  // Bundled, ioredis would be out of reach for its instrumentation.
  config: { serverExternalPackages: ['ioredis'] },
  buildOptions: [],
  ...node,
};

/** SDK 3, which needs Node 22. */
export const withTelemetry3: Variant = {
  ...withTelemetry,
  name: 'Next 16.4 (telemetry by SDK 3)',
  install: 'next-16-telemetry-3',
  sources: [...withTelemetry.sources, 'telemetry-3'],
  runtime: 'node@22',
};

/** One app as it is served on other runtimes than this Node. */
export const onOtherRuntimes: readonly Variant[] = (['node@20.9.0', 'bun@1.4.5', 'deno@2.9.6'] as const).map(
  (runtime) => ({
    name: `Next 16.4 on ${runtime}`,
    install: 'next-16',
    sources: ['app', 'after', 'proxy'],
    config: {},
    buildOptions: [],
    ...node,
    runtime,
  }),
);

/**
 * The apps of docs/e2e.md, for its Playwright tests; the last one with the packages for Redis. In a full run the newest and the
 * oldest are tested with `next dev` too.
 */
export const testedByPlaywright = chosen<Variant & { readonly dev?: string }>([
  {
    name: 'Next 14.2 (Playwright)',
    install: 'next-14',
    sources: ['playwright', 'playwright-memory', 'edge-route', 'edge-middleware'],
    config: { experimental: { instrumentationHook: true } },
    buildOptions: [],
    ...edge,
    ...(isFullRun && { dev: 'dev' }),
  },
  {
    name: 'Next 15.5 (Playwright)',
    install: 'next-15',
    sources: ['playwright', 'playwright-memory', 'edge-route'],
    config: {},
    buildOptions: [],
    full: true,
    ...node,
  },
  {
    name: 'Next 16.4 (Playwright)',
    install: 'next-16-telemetry',
    sources: ['playwright'],
    config: {
      cacheComponents: true,
      partialPrefetching: true,
      experimental: { exposeTestingApiInProductionBuild: true },
    },
    buildOptions: [],
    ...node,
    ...(isFullRun && { dev: 'dev' }),
  },
]);

/** Apart, since it is in TypeScript, as create-next-app makes it. The rest of its files are those of the docs, and what they warn of. */
export const documented: Variant = {
  name: 'Next 16.4 (the docs)',
  install: 'next-16-stores',
  sources: ['documented', 'documented-pitfalls'],
  buildOptions: [],
  ...node,
};

/** The same, with a route that runs each store. */
export const documentedStores: Variant = {
  ...documented,
  name: 'Next 16.4 (the docs, with stores)',
  sources: ['documented', 'documented-stores'],
};

/** Bundlers say which files import the session module. */
const clientImports = { sources: ['client-import'], config: {}, namesImporters: true, ...node };

/**
 * What must not be built: a Client Component and a page with getInitialProps that import the session module. The oldest
 * version shows it for webpack, the newest for Turbopack.
 */
export const withClientImports = chosen<Variant & { readonly namesImporters: boolean }>([
  { name: 'Next 13.5 (client imports)', install: 'next-13', buildOptions: [], ...clientImports },
  { name: 'Next 14.2 (client imports)', install: 'next-14', buildOptions: [], full: true, ...clientImports },
  {
    name: 'Next 15.5 (client imports, webpack)',
    install: 'next-15',
    buildOptions: [],
    full: true,
    ...clientImports,
  },
  {
    name: 'Next 15.5 (client imports, Turbopack)',
    install: 'next-15',
    buildOptions: ['--turbopack'],
    full: true,
    ...clientImports,
    namesImporters: false,
  },
  {
    name: 'Next 16.4 (client imports, webpack)',
    install: 'next-16',
    buildOptions: ['--webpack'],
    full: true,
    ...clientImports,
  },
  { name: 'Next 16.4 (client imports, Turbopack)', install: 'next-16', buildOptions: [], ...clientImports },
]);
