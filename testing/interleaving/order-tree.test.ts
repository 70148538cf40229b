import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Accesses } from './accesses.js';
import { OrderTree } from './order-tree.js';
import { seededRandom } from './seeded-random.js';

/** A step of a made-up process. */
interface ToyStep {
  readonly name: string;
  readonly isWrite: boolean;
}

type Program = readonly (readonly ToyStep[])[];

const step = fc.record({ name: fc.constantFrom('x', 'y', 'z'), isWrite: fc.boolean() });
const program = fc.array(fc.array(step, { maxLength: 3 }), { minLength: 1, maxLength: 3 });

function accessesOf({ name, isWrite }: ToyStep, letter: string): Accesses {
  const accesses = new Accesses();
  accesses.write(`process ${letter}`);
  accesses[isWrite ? 'write' : 'read'](name);
  return accesses;
}

/** Runs all orders that a tree asks for. Returns each, with whether the tree had it already. */
function explore(processes: Program, seed: number): { order: string; isKnown: boolean }[] {
  const tree = new OrderTree(seededRandom(seed));
  const runs: { order: string; isKnown: boolean }[] = [];
  while (!tree.isDone) {
    const walk = tree.begin();
    const at = processes.map(() => 0);
    let order = '';
    for (;;) {
      const possible = letters(processes, at);
      if (possible.length === 0) break;
      const letter = walk.choose(possible);
      const index = letter.charCodeAt(0) - 97;
      const [done] = processes[index]?.slice(at[index]) ?? [];
      at[index] = (at[index] ?? 0) + 1;
      order += letter;
      walk.took(letter, accessesOf(done as ToyStep, letter));
    }
    walk.end();
    runs.push({ order, isKnown: walk.isKnown });
  }
  return runs;
}

function letters(processes: Program, at: readonly number[]): string[] {
  return processes.flatMap((steps, index) =>
    (at[index] ?? 0) < steps.length ? [String.fromCharCode(97 + index)] : [],
  );
}

/** Returns every order of the steps, by brute force. */
function allOrders(processes: Program, at = processes.map(() => 0)): string[] {
  const possible = letters(processes, at);
  if (possible.length === 0) return [''];
  return possible.flatMap((letter) => {
    const after = at.map((n, index) => (index === letter.charCodeAt(0) - 97 ? n + 1 : n));
    return allOrders(processes, after).map((rest) => letter + rest);
  });
}

/** Returns what distinguishes an order from those that are not equivalent: which of two dependent steps came first. */
function classOf(order: string, processes: Program): string {
  const at = processes.map(() => 0);
  const steps = [...order].map((letter) => {
    const index = letter.charCodeAt(0) - 97;
    const n = at[index] ?? 0;
    at[index] = n + 1;
    return { id: `${letter}${n}`, accesses: accessesOf(processes[index]?.[n] as ToyStep, letter) };
  });
  const pairs = steps.flatMap((first, place) =>
    steps
      .slice(place + 1)
      .filter((second) => first.accesses.dependsOn(second.accesses))
      .map((second) => `${first.id}<${second.id}`),
  );
  return pairs.sort().join(' ');
}

describe('the tree of orders', () => {
  it('has each order that differs from all others exactly once', () => {
    fc.assert(
      fc.property(program, fc.integer(), (processes, seed) => {
        const found = explore(processes, seed)
          .filter(({ isKnown }) => !isKnown)
          .map(({ order }) => classOf(order, processes));
        const expected = new Set(allOrders(processes).map((order) => classOf(order, processes)));
        expect(found.toSorted()).toEqual([...expected].sort());
      }),
      { numRuns: 300 },
    );
  });

  it('begins with the handlers one after the other', () => {
    const write = { name: 'x', isWrite: true };
    const [first] = explore(
      [
        [write, write],
        [write, write],
      ],
      7,
    );
    expect(first?.order).toBe('aabb');
  });

  it('ends also where a process makes fewer steps in a later order', () => {
    const step = { name: 'x', isWrite: true };
    const tree = new OrderTree(seededRandom(3));
    let orders = 0;
    while (!tree.isDone && orders < 100) {
      // The second process, which ends in the first order after its start, has one step; later it has none.
      const left = new Map([
        ['a', 2],
        ['b', orders === 0 ? 1 : 0],
      ]);
      const walk = tree.begin();
      const possible = () => [...left].flatMap(([letter, steps]) => (steps > 0 ? [letter] : []));
      while (possible().length > 0) {
        const letter = walk.choose(possible());
        left.set(letter, (left.get(letter) ?? 0) - 1);
        walk.took(letter, accessesOf(step, letter));
      }
      walk.end();
      orders++;
    }
    expect(tree.isDone).toBe(true);
  });

  it('begins few orders in vain', () => {
    const at = (name: string) => ({ name, isWrite: true });
    const runs = explore(
      [
        [at('x'), at('x'), at('x')],
        [at('y'), at('y'), at('y')],
        [at('z'), at('z'), at('z')],
      ],
      1,
    );
    // There are 1,680 orders, and all are equivalent.
    expect(runs.filter(({ isKnown }) => !isKnown)).toHaveLength(1);
    expect(runs.length).toBeLessThan(100);
  });

  it('chooses the same orders by the same seed, and others by another', () => {
    const steps = Array.from({ length: 4 }, () => ({ name: 'x', isWrite: true }));
    const orders = (seed: number) => explore([steps, steps], seed).map(({ order }) => order);
    expect(orders(1)).toEqual(orders(1));
    expect(orders(1)).not.toEqual(orders(2));
  });
});
