import { SessionError } from '../../src/lib/errors.js';
import type { NextAppSession } from '../../src/next-app-session.js';
import { misuse } from '../store/misuse.js';
import type { SessionTester } from '../tester/session-tester.js';
import { DependentBeginnings, doBeginningsMatter } from './beginnings.js';
import { checkInterleaving, type InterleavingOptions } from './interleaving-options.js';
import { type Choice, OrderTree } from './order-tree.js';
import { isOneByOne, orderInWords, orderToReplay } from './order-words.js';
import { type InterleavedHandler, letterAt, type RunOrder, runOrder } from './run-order.js';
import { seededRandom } from './seeded-random.js';
import type { Chooser } from './turns.js';

/** What `forEachInterleaving` has run. */
export interface InterleavingReport {
  /** How many orders ran. */
  readonly orders: number;
  /** Whether these were all. If not, they are a sample. */
  readonly isComplete: boolean;
}

/** What the handlers returned. With `faults`, one whose call of the store failed may have returned nothing. */
export type InterleavingResults<Handlers extends readonly unknown[], Faults extends boolean> = {
  readonly [At in keyof Handlers]:
    | (Handlers[At] extends (...args: never[]) => infer Result ? Awaited<Result> : never)
    | (Faults extends true ? undefined : never);
};

const DEFAULT_MAX = 2000;

/**
 * Runs handlers at once, again and again: once for each order in which their store calls can happen. Rejects with the first order
 * that breaks them.
 *
 * Each handler has its own tab of one browser: testers that share the store, the clock and the cookies. It counts as a process for
 * itself, so nothing but the store keeps two handlers apart. A handler runs alone from one call of the store or of `renew` to the
 * next. If it waits for something else, such as a fetch or a timer, the others wait for it.
 *
 * Orders that differ only in the places of independent steps run once. Two steps depend on each other if one writes what the other
 * reads or writes: a record, the list of a user, the cookies, the clock. What handlers share beside that, such as a variable of a
 * module, does not count, except before their first call of the store: if it shows which of them begins first, orders with
 * each of them first run.
 *
 * @param session the function that the app's `nextAppSession(…)` returned.
 * @param handlers functions that call the tester: `(t) => t.route(POST)`, `(t) => t.user('ada').revokeAll()`,
 * `(t) => t.advance({ minutes: 31 })`.
 * @param check runs after each order, with another tester of the same browser and what the handlers returned. It throws if the
 * order broke something.
 * @throws ERR_SESSION_RACE if `check` or a handler throws. The message has the order in words and how to run it alone, `cause` is
 * what was thrown. ERR_SESSION_TESTING for a wrong option, and for a `replay` that no longer fits the handlers.
 * @example
 * await forEachInterleaving(
 *   session,
 *   { data: { cart: [] } },
 *   [(t) => t.route(POST, { body: { add: 'pen' } }), (t) => t.route(POST, { body: { add: 'ink' } })],
 *   async (t) => expect((await t.read())?.cart).toHaveLength(2),
 * );
 */
export async function forEachInterleaving<
  Data extends object,
  Listed extends object,
  const Handlers extends readonly InterleavedHandler<Data, Listed>[],
  Faults extends boolean = false,
>(
  session: NextAppSession<Data, Listed>,
  options: InterleavingOptions<Data, Listed, Faults>,
  handlers: Handlers,
  check: (t: SessionTester<Data, Listed>, results: InterleavingResults<Handlers, Faults>) => unknown,
): Promise<InterleavingReport> {
  checkInterleaving(options, handlers, check);
  const slow = new Set<string>();
  const run = async (chooser: Chooser, isToCheck: () => boolean) => {
    const order = await runOrder(session, options, handlers, chooser, slow);
    try {
      if (isToCheck()) await judge(order, () => check(order.t, order.results as never));
      return order.steps;
    } finally {
      await order.cleanUp();
    }
  };
  const { max = DEFAULT_MAX, seed = 1, replay } = options;
  if (replay !== undefined) {
    await run(new Replay(replay), () => true);
    return { orders: 1, isComplete: false };
  }
  let hasCalls = false;
  const runAndCheck = async (chooser: Chooser) => {
    const steps = await run(chooser, () => true);
    hasCalls ||= steps.some(({ words }) => words !== null);
    return steps;
  };
  const letters = handlers.map((_, at) => letterAt(at));
  const doTheyMatter = await doBeginningsMatter(letters, runAndCheck);
  if (!hasCalls) warnOfNoCalls();
  const tree = new OrderTree(seededRandom(seed));
  let orders = 0;
  while (!tree.isDone && orders < max) {
    const walk = tree.begin();
    await run(doTheyMatter ? new DependentBeginnings(walk) : walk, () => !walk.isKnown);
    walk.end();
    if (!walk.isKnown) orders++;
  }
  if (!tree.isDone) warnOfSample(max, seed);
  return { orders, isComplete: tree.isDone };
}

/** Throws if an order broke something. */
async function judge<Data extends object, Listed extends object>(
  { thrown, steps }: RunOrder<Data, Listed>,
  check: () => unknown,
): Promise<void> {
  let broken = thrown && { what: `${thrown.letter} threw`, error: thrown.error };
  try {
    if (!broken) await check();
  } catch (error) {
    broken = { what: 'the check threw', error };
  }
  if (!broken) return;
  const { what, error } = broken;
  const order = `${orderInWords(steps)}: ${what} ${error instanceof Error ? error.message : String(error)}`;
  throw new SessionError(
    'ERR_SESSION_RACE',
    isOneByOne(steps)
      ? `This is no race. Even one after the other, the handlers fail: ${order}`
      : `The handlers fail in this order: ${order}\n\nTo run this order alone, give the option replay: '${orderToReplay(steps)}'`,
    { cause: error },
  );
}

function warnOfNoCalls(): void {
  console.warn(
    'next-app-session/testing: no handler of forEachInterleaving has called the store, so there is only one order. A handler has to ' +
      'use the tester that it gets, or a tester with its store: (t) => t.route(POST).',
  );
}

function warnOfSample(max: number, seed: number): void {
  console.warn(
    `next-app-session/testing: forEachInterleaving ran a sample of ${max} orders, and there are more. Give a larger max, fewer ` +
      `handlers or shorter ones. Another seed than ${seed} runs another sample.`,
  );
}

/** The order of a rejection. */
class Replay implements Chooser {
  readonly #choices: Choice[];

  constructor(replay: string) {
    this.#choices = replay.split(' ');
  }

  choose(possible: readonly Choice[]): Choice {
    const choice = this.#choices.shift() ?? possible[0];
    if (choice !== undefined && possible.includes(choice)) return choice;
    throw misuse(
      `forEachInterleaving: the option replay does not fit the handlers any more. It has ${choice} where only ` +
        `${possible.join(' or ')} can be next. Leave it out, to run all orders.`,
    );
  }

  took(): void {}
}
