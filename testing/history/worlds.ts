import type { State } from './register.js';

/** One way in which all may have happened so far. */
export interface World extends State {
  /** How many ends have surely passed by the last step. */
  readonly passed: number;
  /** The steps that have happened although their answer is still to come, by their numbers, in order. */
  readonly done: readonly number[];
  /** The steps without an answer that have happened, likewise. */
  readonly unanswered: readonly number[];
  /** How many losses it needs. */
  readonly losses: number;
}

/**
 * Keeps worlds, and leaves out each that another one makes superfluous: that one holds the same, has done the same, needs as many
 * losses or fewer, and as many steps without an answer or more can still happen in it.
 */
export class Worlds {
  size = 0;
  readonly #worlds = new Map<string, World[]>();

  constructor(worlds: Iterable<World> = []) {
    for (const world of worlds) this.add(world);
  }

  /** Adds a world. Returns false if another one explains as much. */
  add(world: World): boolean {
    const { value, end, passed, done } = world;
    const name = `${value},${end},${passed},${done.join()}`;
    const alike = this.#worlds.get(name) ?? [];
    if (alike.some((other) => explains(other, world))) return false;
    const left = alike.filter((other) => !explains(world, other));
    this.size += left.length - alike.length + 1;
    this.#worlds.set(name, [...left, world]);
    return true;
  }

  *[Symbol.iterator](): Iterator<World> {
    for (const alike of this.#worlds.values()) yield* alike;
  }

  map(change: (world: World) => World): Worlds {
    return new Worlds([...this].map(change));
  }
}

/** Returns whether a world explains all that another one does, of two that hold the same and have done the same. */
function explains(world: World, other: World): boolean {
  return world.losses <= other.losses && world.unanswered.every((index) => other.unanswered.includes(index));
}

/** Returns the numbers with more of them, in order. */
export function withMore(numbers: readonly number[], more: readonly number[]): readonly number[] {
  return more.length === 0 ? numbers : [...numbers, ...more].sort((a, b) => a - b);
}

/** Returns the numbers but one. */
export function withoutOne(numbers: readonly number[], one: number): readonly number[] {
  return numbers.filter((number) => number !== one);
}
