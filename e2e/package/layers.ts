/**
 * The folders of the library, from top to bottom. A file may import from its own folder and from the rows
 * below, never from a row above or from another folder of its own row. This includes types.
 */
export const layers: readonly (readonly string[])[] = [
  ['studio', 'studio/page'],
  ['studio/server'],
  ['studio/requests'],
  ['studio/sessions'],
  ['studio/faults'],
  ['studio/seen'],
  ['testing'],
  ['testing/control', 'testing/interleaving', 'testing/playwright'],
  ['testing/audit', 'testing/backend', 'testing/tester'],
  ['testing/next', 'testing/store', 'testing/store-contract'],
  ['testing/history'],
  ['src', 'src/local-server'],
  ['src/session', 'src/test-seam'],
  ['src/cookie', 'src/refresh'],
  ['src/repository', 'src/scope'],
  ['src/gateway'],
  ['src/telemetry'],
  ['src/options'],
  ['src/stores/express', 'src/stores/memory', 'src/stores/redis', 'src/stores/sql'],
  ['src/record'],
  ['src/store-contract'],
  ['src/events', 'src/lib'],
];

/** The only files of src that may import a package. All other files use it through them. */
export const packageOwners: Record<string, readonly string[]> = {
  '@opentelemetry/api': ['telemetry/open-telemetry-sink'],
  'cookie-signature': ['cookie/signature'],
  'nanoid/url-alphabet': ['lib/random-text'],
  'next/cache.js': ['scope/next-io'],
  'next/server.js': ['scope/next-io'],
  'next/headers.js': ['scope/app-scope'],
  'next/dist/server/app-render/action-async-storage.external.js': ['scope/next-context'],
  'next/dist/server/app-render/work-async-storage.external.js': ['scope/next-context'],
  'next/dist/server/app-render/work-unit-async-storage.external.js': ['scope/next-context'],
  'node:async_hooks': [
    'scope/next-environment',
    'scope/response-head',
    'session/reentrancy',
    'test-seam/overrides-storage',
  ],
  'node:crypto': ['lib/digest', 'local-server/local-access', 'record/record-seal', 'record/session-id'],
  'node:diagnostics_channel': ['local-server/request-overrides', 'scope/response-head'],
  'node:events': ['local-server/local-server', 'stores/redis/client-state', 'stores/redis/subscriber'],
  'node:http': [
    'local-server/local-access',
    'local-server/local-server',
    'local-server/own-servers',
    'local-server/request-json',
    'local-server/request-overrides',
  ],
  'node:net': ['local-server/local-server'],
  'node:util': ['lib/native-promise'],
};
