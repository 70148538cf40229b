import type { Accesses } from './accesses.js';
import type { Choice } from './order-tree.js';
import { orderInWords } from './order-words.js';
import type { Chooser, Step } from './turns.js';

/**
 * Returns whether it shows which of two handlers begins first. Before its first call of the store, a handler uses only what the app
 * has beside the session: it compares a password or counts a stock. So this is tried, and not believed: the handlers begin one after
 * the other, then in the opposite order, and go on in the same way. They must then do the same.
 *
 * @param run runs the handlers in an order, checks it, and returns its steps.
 */
export async function doBeginningsMatter(
  letters: readonly string[],
  run: (chooser: Chooser) => Promise<readonly Step[]>,
): Promise<boolean> {
  // First one after the other: what fails so is no race.
  await run(new BegunInOrder([]));
  const usual = orderInWords(await run(new BegunInOrder(letters)));
  return orderInWords(await run(new BegunInOrder(letters.toReversed()))) !== usual;
}

/** Lets handlers begin in this order, and then run one after the other. */
class BegunInOrder implements Chooser {
  readonly #letters: Choice[];

  constructor(letters: readonly string[]) {
    this.#letters = [...letters];
  }

  choose(possible: readonly Choice[]): Choice {
    return this.#letters.shift() ?? (possible[0] as Choice);
  }

  took(): void {}
}

/** Adds to an order that the beginnings of handlers depend on each other. */
export class DependentBeginnings implements Chooser {
  readonly #order: Chooser;
  readonly #begun = new Set<string>();

  constructor(order: Chooser) {
    this.#order = order;
  }

  choose(possible: readonly Choice[]): Choice {
    return this.#order.choose(possible);
  }

  took(choice: Choice, accesses: Accesses): void {
    const [letter = ''] = choice;
    if (!this.#begun.has(letter)) accesses.write('the beginnings');
    this.#begun.add(letter);
    this.#order.took(choice, accesses);
  }
}
