import type { NextAppSession } from '../../src/next-app-session.js';
import type { Store } from '../../src/store-contract/store.js';
import { MemoryStore } from '../../src/stores/memory/memory-store.js';
import { InspectableStore } from '../store/inspectable-store.js';
import { withOverrides } from '../store/with-overrides.js';
import { SessionTester } from '../tester/session-tester.js';
import { InterleavedProcess } from './interleaved-process.js';
import { interleavedStore } from './interleaved-store.js';
import type { InterleavingOptions } from './interleaving-options.js';
import { ObservedClock, ObservedJar } from './observed-browser.js';
import { type Chooser, type Step, Turns } from './turns.js';

/** Runs in a tab of the browser, and calls the tester. */
export type InterleavedHandler<Data extends object, Listed extends object> = (
  t: SessionTester<Data, Listed>,
) => unknown;

/** How an order went. */
export interface RunOrder<Data extends object, Listed extends object> {
  readonly steps: readonly Step[];
  /** What the handlers returned; undefined where one failed with its call of the store. */
  readonly results: readonly unknown[];
  /** What a handler threw, and which. */
  readonly thrown: { readonly letter: string; readonly error: unknown } | undefined;
  /** A tester of the same browser, for the check. */
  readonly t: SessionTester<Data, Listed>;
  /** Deletes what the order has left in the store. */
  cleanUp(): Promise<void>;
}

/**
 * Runs the handlers at once, in the order that is chosen step by step. Each has a tab of one browser, and a process.
 *
 * @param slow where a handler was waited for in vain in earlier orders. It is added to.
 */
export async function runOrder<Data extends object, Listed extends object>(
  session: NextAppSession<Data, Listed>,
  options: InterleavingOptions<Data, Listed>,
  handlers: readonly InterleavedHandler<Data, Listed>[],
  chooser: Chooser,
  slow: Set<string>,
): Promise<RunOrder<Data, Listed>> {
  const { data, cookies, headers, now = Date.now(), before, faults = false } = options;
  const clock = new ObservedClock(now);
  const store = new InspectableStore(interleavedStore(await storeFrom(options.store), clock));
  store.clock = clock;
  const jar = new ObservedJar(clock.now, cookies);
  const t = new SessionTester<Data, Listed>(session, { store, headers, data }, jar);
  await t.read();
  await before?.(t);

  const processes = handlers.map((_, at) => new InterleavedProcess(letterAt(at)));
  const endings = handlers.map((handler, at) => {
    const process = processes[at] as InterleavedProcess;
    const tab = new SessionTester<Data, Listed>(session, { store, headers }, jar);
    return withOverrides({ process, refreshHooks: process }, () => process.handle(async () => handler(tab)));
  });
  const ended = Promise.allSettled(endings);
  const turns = new Turns(processes, faults, slow);
  await turns.run(chooser);
  for (const process of processes) process.free();

  const results: unknown[] = [];
  let thrown: RunOrder<Data, Listed>['thrown'];
  for (const [at, ending] of (await ended).entries()) {
    const process = processes[at] as InterleavedProcess;
    results.push(ending.status === 'fulfilled' ? ending.value : undefined);
    if (ending.status === 'rejected' && process !== turns.faulty)
      thrown ??= { letter: process.letter, error: ending.reason };
  }
  return { steps: turns.steps, results, thrown, t, cleanUp: () => store.restore(new Map()) };
}

/** Returns the letter of a handler: "a" for the first one. */
export function letterAt(at: number): string {
  return String.fromCharCode(97 + at);
}

async function storeFrom(store: InterleavingOptions<object>['store']): Promise<Store<object>> {
  return typeof store === 'function' ? store() : (store ?? new MemoryStore());
}
