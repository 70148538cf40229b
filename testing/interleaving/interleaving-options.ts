import type { Store } from '../../src/store-contract/store.js';
import { checkStore, checkTestOptions, misuse } from '../store/misuse.js';
import type { SessionTester } from '../tester/session-tester.js';
import type { BrowserOptions } from '../tester/test-session.js';

/** Options of `forEachInterleaving`. `data`, `now`, `cookies` and `headers` are those of `createSessionTester`. */
export interface InterleavingOptions<
  Data extends object,
  Listed extends object = Record<string, unknown>,
  Faults extends boolean = boolean,
> extends BrowserOptions<Data> {
  /**
   * The store to use, or a function that makes one for each order. What an order leaves in it is deleted.
   * @default an empty MemoryStore for each order
   */
  readonly store?: Store<object> | (() => Store<object> | Promise<Store<object>>) | undefined;
  /**
   * Runs first in each order, alone: resets the fakes of the app, signs in through a route.
   * @default nothing
   */
  readonly before?: ((t: SessionTester<Data, Listed>) => unknown) | undefined;
  /**
   * Whether each call of the store fails once too, in each order: it is not sent, or its reply is lost. A handler whose call
   * failed may throw.
   * @default false
   */
  readonly faults?: Faults | undefined;
  /** How many orders at most. Where there are more, a sample is run, and a warning says so. @default 2000 */
  readonly max?: number | undefined;
  /** Which sample, and in which sequence the orders run: any whole number. @default 1 */
  readonly seed?: number | undefined;
  /** Runs this order alone, in the form in which a rejection shows it: `'a b b a'`. @default all orders */
  readonly replay?: string | undefined;
}

const OPTIONS: readonly (keyof InterleavingOptions<object>)[] = [
  'data',
  'now',
  'cookies',
  'headers',
  'store',
  'before',
  'faults',
  'max',
  'seed',
  'replay',
];

/** Handlers have a letter each. */
const MAX_HANDLERS = 26;

/** Throws for options, handlers and checks that would not do what was meant. */
export function checkInterleaving(options: object, handlers: unknown, check: unknown): void {
  const name = 'forEachInterleaving';
  checkTestOptions(name, options, OPTIONS, {
    jar: 'It needs the request scope of Next',
    setup: 'Use before',
    limit: 'Use max',
    runs: 'Use max',
  });
  const { store, before, max, seed, replay, faults } = options as InterleavingOptions<object>;
  if (store !== undefined && typeof store !== 'function') checkStore(store);
  const wrong = (what: string) => misuse(`${name}: ${what}.`);
  if (before !== undefined && typeof before !== 'function')
    throw wrong('option before takes a function: (t) => …');
  if (faults !== undefined && typeof faults !== 'boolean') throw wrong('option faults is true or false');
  if (max !== undefined && !(Number.isSafeInteger(max) && max > 0))
    throw wrong('option max is a whole number above 0');
  if (seed !== undefined && !Number.isSafeInteger(seed)) throw wrong('option seed is a whole number');
  if (replay !== undefined && typeof replay !== 'string')
    throw wrong("option replay is the text of a rejection, such as 'a b b a'");
  if (!Array.isArray(handlers) || handlers.length === 0 || handlers.length > MAX_HANDLERS)
    throw wrong(`the handlers are a list of 1 to ${MAX_HANDLERS} functions: [(t) => t.route(POST), …]`);
  for (const handler of handlers) {
    if (typeof handler !== 'function')
      throw wrong('each handler is a function that calls the tester: (t) => t.route(POST)');
  }
  if (typeof check !== 'function')
    throw wrong('check is a function: async (t) => expect(await t.read()).toEqual(…)');
}
