import type { Clock } from '../lib/clock.js';
import type { Store } from '../store-contract/store.js';
import type { TelemetrySink } from '../telemetry/telemetry-sink.js';

/** What a test puts in place of the app's own, for the code that runs within it. */
export interface TestOverrides {
  readonly clock?: Clock | undefined;
  /** Returns the store of the sessions with this cookie name, in place of the one that they configure. */
  store?(name: string): Store<object> | undefined;
  /** The cookie jar, in place of Next's `cookies()`. */
  readonly jar?: object | undefined;
  /** Is told what OpenTelemetry is told, too. */
  readonly sink?: TelemetrySink | undefined;
}

interface Registry {
  [OVERRIDES]?: { getStore(): TestOverrides | undefined };
}

/** Where the testing entry, and only that, puts an AsyncLocalStorage: all copies of this library look here. */
export const OVERRIDES = Symbol.for('next-app-session.test-overrides');

/** Returns what a test has put in place around the caller; undefined in an app. */
export function testOverrides(): TestOverrides | undefined {
  return (globalThis as Registry)[OVERRIDES]?.getStore();
}
