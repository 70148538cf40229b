import type { Accesses } from './accesses.js';

/** A choice of the next step: the letter of its process, with a mark if its call fails. */
export type Choice = string;

/**
 * The orders that have been run, as a tree: each node is a state of the handlers, and each branch the step that came next.
 *
 * Equivalent orders run once, by sleep sets (Godefroid, Partial-Order Methods for the Verification of Concurrent Systems, 1996). A
 * step that was tried at a node sleeps in the branches beside it, until a step runs there that depends on it: up to that point,
 * running it gives an order that differs from an earlier one by the places of independent steps.
 */
export class OrderTree {
  readonly #root = new OrderNode(new Map());
  readonly #random: () => number;
  #isFirst = true;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Whether all orders have been run. */
  get isDone(): boolean {
    return this.#root.isDone;
  }

  /** Begins an order that has not been run. The first one runs the handlers one after the other, the others are chosen at random. */
  begin(): OrderWalk {
    const random = this.#isFirst ? () => 0 : this.#random;
    this.#isFirst = false;
    return new OrderWalk(this.#root, random);
  }
}

/** One order, from the root of the tree to a leaf. */
export class OrderWalk {
  readonly #path: OrderNode[];
  readonly #random: () => number;
  #isKnown = false;

  constructor(root: OrderNode, random: () => number) {
    this.#path = [root];
    this.#random = random;
  }

  /** Whether the order turned out to be equivalent to an earlier one. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Chooses the next step. */
  choose(possible: readonly Choice[]): Choice {
    const open = this.#isKnown ? [] : (this.#path.at(-1)?.open(possible) ?? []);
    this.#isKnown ||= open.length === 0;
    const choices = open.length > 0 ? open : possible;
    return choices[Math.floor(this.#random() * choices.length)] as Choice;
  }

  /** Takes down what the chosen step did. */
  took(choice: Choice, accesses: Accesses): void {
    const node = this.#path.at(-1);
    if (!this.#isKnown && node) this.#path.push(node.after(choice, accesses));
  }

  /** Ends the order: all handlers have. */
  end(): void {
    for (const node of this.#path.toReversed()) node.close();
  }
}

class OrderNode {
  /** The steps that would only lead to equivalents of earlier orders. */
  readonly #asleep: ReadonlyMap<Choice, Accesses>;
  readonly #tried = new Map<Choice, { readonly accesses: Accesses; readonly node: OrderNode }>();
  /** The choices there were when an order came here last: handlers need not do the same each time. */
  #possible: readonly Choice[] = [];
  #isDone = false;

  constructor(asleep: ReadonlyMap<Choice, Accesses>) {
    this.#asleep = asleep;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Returns the choices that lead to new orders. */
  open(possible: readonly Choice[]): Choice[] {
    this.#possible = possible;
    return possible.filter((choice) => !this.#isClosed(choice));
  }

  after(choice: Choice, accesses: Accesses): OrderNode {
    const known = this.#tried.get(choice);
    if (known) return known.node;
    const asleep = new Map(this.#asleep);
    for (const [tried, { accesses }] of this.#tried) asleep.set(tried, accesses);
    for (const [sleeping, done] of asleep) if (done.dependsOn(accesses)) asleep.delete(sleeping);
    const node = new OrderNode(asleep);
    this.#tried.set(choice, { accesses, node });
    return node;
  }

  /** Marks the node as done if nothing new is left below it. */
  close(): void {
    this.#isDone = this.#possible.every((choice) => this.#isClosed(choice));
  }

  #isClosed(choice: Choice): boolean {
    return this.#asleep.has(choice) || this.#tried.get(choice)?.node.isDone === true;
  }
}
