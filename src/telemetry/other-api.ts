import { warnOnce } from '../lib/warnings.js';

/** Where every copy of @opentelemetry/api 1.x looks for the SDK that is registered. */
const REGISTRY = Symbol.for('opentelemetry.js.api.1');

interface Registry {
  readonly version: string;
  readonly trace?: object;
}

/**
 * Warns if an SDK is registered, and the copy of the API that this library loads does not find it: a copy takes no
 * SDK that was registered by an older one. OpenTelemetry says nothing, and no span is recorded.
 *
 * @param found the provider of tracers that this library's copy of the API finds.
 */
export function warnOfOtherApi(found: object): void {
  const registry = (globalThis as { [REGISTRY]?: Registry })[REGISTRY];
  if (!registry?.trace || registry.trace === found) return;
  warnOnce(
    `OpenTelemetry's SDK loads another copy of @opentelemetry/api (version ${registry.version}) than this library, ` +
      'so no span and no metric of sessions is recorded. "npm ls @opentelemetry/api" shows the copies. Install one ' +
      'version: 1.9 for @vercel/otel and SDK 2, 1.10 for SDK 3.',
    'telemetry.md#if-nothing-appears',
  );
}
