import type { Store } from '../store-contract/store.js';
import type { TelemetryRecorder } from './telemetry-recorder.js';

/** What a session of the tests has in place of the app's, for the code that runs within it. */
export interface Surroundings {
  /** The current time, epoch milliseconds. */
  now?(): number;
  /** The store of the sessions with this cookie name, in place of the one that they configure. */
  store?(name: string): Store<object> | undefined;
  /** The cookie jar, in place of Next's `cookies()`. */
  readonly jar?: object | undefined;
  /** Takes what OpenTelemetry takes. */
  readonly recorder?: TelemetryRecorder | undefined;
}

interface Registry {
  [SURROUNDINGS]?: { getStore(): Surroundings | undefined };
}

/** Where the testing entry, and only that, puts an AsyncLocalStorage: all copies of this library look here. */
export const SURROUNDINGS = Symbol.for('next-app-session.surroundings');

/** The surroundings that a test has set up around the caller; undefined in an app. */
export function surroundings(): Surroundings | undefined {
  return (globalThis as Registry)[SURROUNDINGS]?.getStore();
}

/** The time that sessions go by, epoch milliseconds. */
export function currentTime(): number {
  return surroundings()?.now?.() ?? Date.now();
}
