import type { ResolvedOptions } from './options/options.js';
import type { Store } from './store-contract/store.js';

/** What the testing entry needs of a session that an app has set up. */
export interface SessionInternals {
  readonly options: ResolvedOptions;
  /** What the app gave, for what the defaults hide: whether `cookie.secure` was left out. */
  readonly given: { readonly cookie?: { readonly secure?: boolean | undefined } | undefined };
  /** Returns the store that the app's requests use. */
  openStore(): Promise<Store<object>>;
}

const INTERNALS = Symbol.for('next-app-session.internals');

/** Adds the internals to the function that an app calls. Behind a function, so that no log of `session` shows the secret. */
export function withInternals<T extends object>(session: T, internals: SessionInternals): T {
  return Object.defineProperty(session, INTERNALS, { value: () => internals });
}

export const USED_BY: unique symbol = Symbol.for('next-app-session.used-by');

/** A store of the testing entry, which reads the records of the sessions that use it. */
interface ReadingStore {
  [USED_BY](options: ResolvedOptions): void;
}

/** Tells a store which session uses it. Only stores of the testing entry listen. */
export function announceUse(store: object, options: ResolvedOptions): void {
  (store as Partial<ReadingStore>)[USED_BY]?.(options);
}

/** Returns the internals of what `nextAppSession` of any copy of this package returned. */
export function internalsOf(session: unknown): SessionInternals | undefined {
  return typeof session === 'function' ? Reflect.get(session, INTERNALS)?.() : undefined;
}
