import type { RefreshHooks } from '../gateway/request-context.js';
import type { Clock } from '../lib/clock.js';
import type { HostProcess } from '../lib/host-process.js';
import type { ResolvedOptions } from '../options/options.js';
import type { Store } from '../store-contract/store.js';
import type { TelemetrySink } from '../telemetry/telemetry-sink.js';

/** Test overrides: what a test, or the studio, replaces for the code that runs within it. */
export interface TestOverrides {
  readonly clock?: Clock | undefined;
  readonly process?: HostProcess | undefined;
  /** Returns the store of the sessions with this cookie name, or undefined for the one of their options. */
  store?(name: string): Store<object> | undefined;
  /**
   * Returns the store that is used around this one, the same for the same store. It is asked at each operation, so it always gets
   * the store and the options of the module that runs, even after a hot reload.
   */
  wrapStore?(store: Store<object>, options: ResolvedOptions): Store<object>;
  /** The cookie jar that replaces Next's `cookies()`. */
  readonly jar?: object | undefined;
  /** Sinks that get what OpenTelemetry gets. */
  readonly sinks?: readonly TelemetrySink[] | undefined;
  readonly refreshHooks?: RefreshHooks | undefined;
}

interface Registry {
  [OVERRIDES]?: { getStore(): TestOverrides | undefined };
}

/** Where the testing and studio entries, and nothing else, put an AsyncLocalStorage for all copies of this library. */
export const OVERRIDES = Symbol.for('next-app-session.test-overrides');

/** Returns the test overrides of the running code. Returns undefined in an app. */
export function testOverrides(): TestOverrides | undefined {
  return (globalThis as Registry)[OVERRIDES]?.getStore();
}
