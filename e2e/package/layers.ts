/**
 * The direction of imports in src, as docs/architecture.md draws it: a file imports from the layers that its own
 * layer builds on, and types alone from `types` too. A new file goes into one layer here; a rule that it breaks is a
 * reason to look at the file first. Tests and their kits are free.
 */
export interface Layer {
  readonly files: readonly string[];
  readonly buildsOn: readonly string[];
  readonly types?: readonly string[];
}

export const layers: Record<string, Layer> = {
  errors: {
    files: ['errors'],
    buildsOn: [],
  },
  leaves: {
    files: [
      'cookie-attributes',
      'deadline',
      'digest',
      'error-type',
      'event-hook',
      'expiry',
      'id-shape',
      'json',
      'promise-like',
      'record-time',
      'redis-client',
      'scope',
      'session-event',
      'session-handler',
      'session-lock',
      'store',
      'store-error',
      'surroundings',
      'telemetry-names',
      'telemetry-recorder',
      'version',
      'warnings',
      'write-queue',
    ],
    buildsOn: ['errors'],
    types: ['leaves'],
  },
  // Leaves that need another leaf.
  helpers: {
    files: [
      'circuit-breaker',
      'next-context',
      'packed-record',
      'pending-calls',
      'record',
      'redis-script',
      'session-id',
      'session-refusals',
      'signature',
      'update',
      'user-index',
      'user-key',
    ],
    buildsOn: ['errors', 'leaves'],
    types: ['leaves'],
  },
  options: {
    files: ['options'],
    buildsOn: ['errors', 'leaves', 'helpers'],
  },
  indexEntry: {
    files: ['index-entry'],
    buildsOn: ['leaves', 'helpers'],
    types: ['options'],
  },
  // What a store is made of.
  storeParts: {
    files: ['memory-user-index', 'redis-user-index'],
    buildsOn: ['leaves', 'helpers'],
  },
  stores: {
    files: ['memory-store', 'promisify-store', 'redis-store'],
    buildsOn: ['errors', 'leaves', 'helpers', 'storeParts'],
  },
  scopes: {
    files: ['app-scope', 'pages-scope', 'proxy-scope'],
    buildsOn: ['errors', 'leaves', 'helpers'],
  },
  openTelemetry: {
    files: ['open-telemetry'],
    buildsOn: ['leaves'],
  },
  observation: {
    files: ['store-observation'],
    buildsOn: ['leaves', 'openTelemetry'],
  },
  telemetry: {
    files: ['telemetry'],
    buildsOn: ['leaves', 'helpers', 'openTelemetry', 'observation'],
    types: ['options'],
  },
  storeCalls: {
    files: ['store-calls'],
    buildsOn: ['errors', 'leaves', 'helpers'],
    types: ['observation', 'telemetry', 'options'],
  },
  storedRecord: {
    files: ['stored-record'],
    buildsOn: ['leaves', 'helpers'],
    types: ['options', 'observation', 'storeCalls'],
  },
  storedSession: {
    files: ['stored-session'],
    buildsOn: ['leaves', 'helpers', 'indexEntry', 'storedRecord'],
    types: ['options', 'observation', 'storeCalls'],
  },
  index: {
    files: ['session-index'],
    buildsOn: ['leaves', 'helpers', 'storedRecord'],
    types: ['options', 'storeCalls'],
  },
  repository: {
    files: ['session-repository'],
    buildsOn: ['errors', 'leaves', 'helpers', 'indexEntry', 'storedSession'],
    types: ['options', 'storeCalls', 'index'],
  },
  session: {
    files: [
      'app-session',
      'find-scope',
      'place',
      'request-cookie',
      'request-session',
      'session-cookie',
      'user-sessions',
    ],
    buildsOn: ['errors', 'leaves', 'helpers', 'scopes'],
    types: ['options', 'storedSession', 'index', 'repository', 'session', 'telemetry'],
  },
  internals: {
    files: ['session-internals'],
    buildsOn: [],
    types: ['options', 'leaves'],
  },
  factory: {
    files: ['next-app-session'],
    buildsOn: [
      'errors',
      'leaves',
      'helpers',
      'options',
      'scopes',
      'stores',
      'storeCalls',
      'index',
      'repository',
      'session',
      'telemetry',
      'internals',
    ],
  },
  entries: {
    files: ['index', 'redis'],
    buildsOn: ['errors', 'leaves', 'stores', 'session', 'factory'],
    types: ['options', 'helpers'],
  },
  edge: {
    files: ['edge'],
    buildsOn: ['errors', 'stores'],
  },
};

/** The only files of src that may import a package; every other use of it goes through them. */
export const packageOwners: Record<string, readonly string[]> = {
  '@opentelemetry/api': ['open-telemetry'],
  'cookie-signature': ['signature'],
  nanoid: ['session-id'],
  'next/headers.js': ['app-scope'],
  'next/server.js': ['pages-scope'],
  'next/dist/server/app-render/work-async-storage.external.js': ['next-context'],
  'next/dist/server/app-render/work-unit-async-storage.external.js': ['next-context'],
  'node:crypto': ['digest', 'redis-store', 'session-id'],
};
