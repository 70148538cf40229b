import type { HistoryOperation } from './history.js';

// What the check believes of one key: a register that holds nothing or a value. Values and ends are numbers here, so that
// states are quickly compared.

/** The register is empty. */
export const NOTHING = 0;
/** The register may hold any value, or nothing. */
export const ANYTHING = -1;

/** An operation on the register. */
export interface Step {
  readonly operation: HistoryOperation;
  readonly index: number;
  /** `change` may have taken effect or not; the others have. */
  readonly outcome: HistoryOperation['outcome'];
  readonly called: number;
  /** Infinity if no answer came. */
  readonly returned: number;
  /** The value that it saw or, refused, did not see. */
  readonly expects: number | undefined;
  readonly writes: number;
  /** When the value that it writes ends: see `Ends`. */
  readonly end: number;
  /** How many ends have surely passed when it is called. */
  readonly passed: number;
}

/** What the register may hold at one time. */
export interface State {
  readonly value: number;
  /** When the value ends: see `Ends`. */
  readonly end: number;
}

export const EMPTY: State = { value: NOTHING, end: 0 };
/** Of what was before the part that is checked, nothing is known. */
export const UNKNOWN: State = { value: ANYTHING, end: 0 };

/** Returns whether the value has surely ended, when so many ends have passed. */
export function isOver({ value, end }: State, passed: number): boolean {
  return value > NOTHING && end < passed;
}

/** The times at which values end, in order. An end is the index of a time in it. */
export class Ends {
  readonly never: number;
  /** The end of a value from before: it may end at any time, or never. */
  readonly unsure: number;
  readonly #latest: readonly number[];
  readonly #tolerance: number;

  constructor(times: Iterable<number>, tolerance: number) {
    this.#latest = [...new Set(times)].sort((a, b) => a - b).map((time) => time + tolerance);
    this.#tolerance = tolerance;
    this.never = this.#latest.length;
    this.unsure = this.never + 1;
  }

  of(time: number | undefined): number {
    return time === undefined ? this.never : this.#before(time + this.#tolerance);
  }

  /** Returns when a value with this end may be gone for the first time. */
  earliest(end: number): number {
    if (end >= this.never) return end === this.never ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    return (this.#latest[end] ?? 0) - 2 * this.#tolerance;
  }

  /** Returns how many ends have surely passed at a time: the values with an end below that number are gone. */
  passedAt(time: number): number {
    return this.#before(time);
  }

  /** Returns how many times are before this one. */
  #before(time: number): number {
    let low = 0;
    let high = this.#latest.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#latest[middle] ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Returns whether a step changes nothing: it only says what was there. */
export function onlySees({ operation, outcome }: Step): boolean {
  return operation.kind === 'read' || outcome === 'refused';
}

/**
 * Returns the register after a step, or null if the step cannot happen while the register holds this. A step
 * without an answer that would change nothing need not happen.
 */
export function after(step: Step, state: State, ends: Ends): State | null {
  const { operation, outcome, expects, writes, end } = step;
  const { value } = state;
  const isEmpty = value === NOTHING;
  switch (operation.kind) {
    case 'read':
      return found(state, expects ?? NOTHING, ends);
    case 'swap': {
      if (outcome === 'refused') return value === expects ? null : state;
      return found(state, expects ?? NOTHING, ends) && held(writes, end);
    }
    case 'remove':
      return isEmpty && outcome === 'unknown' ? null : EMPTY;
    case 'write':
      return held(writes, end);
    case 'replace':
      if (outcome === 'refused') return found(state, NOTHING, ends);
      return isEmpty ? null : held(writes, end);
    case 'touch':
      if (outcome === 'refused') return found(state, NOTHING, ends);
      if (isEmpty) return outcome === 'unknown' ? null : state;
      return { value, end };
  }
}

function held(value: number, end: number): State {
  return value === NOTHING ? EMPTY : { value, end };
}

/** Returns the register if it holds this value, or may. */
function found(state: State, value: number, ends: Ends): State | null {
  if (state.value === value) return state;
  return state.value === ANYTHING ? held(value, ends.unsure) : null;
}
