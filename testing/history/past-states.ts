import type { HistoryLoss } from './history.js';
import { NOTHING, type State, type Step } from './register.js';

/** A part of the time of a history: since the latest call of a change that has its answer, until now. */
export interface Moment {
  readonly since: number;
  readonly now: number;
}

/** What the register may have held until now: that is what it may hold after a loss. */
export class PastStates {
  readonly #losses: readonly HistoryLoss[];
  /** The end of a value that has none. */
  readonly #never: number;
  /** With the time when each was last possible. */
  readonly #states = new Map<string, { state: State; at: number }>();

  constructor(losses: readonly HistoryLoss[], never: number) {
    this.#losses = losses;
    this.#never = never;
  }

  add({ value, end }: State, now: number): void {
    if (this.#losses.length > 0) this.#states.set(`${value},${end}`, { state: { value, end }, at: now });
  }

  /** Returns whether what is replaced now may come back by a loss, now or later. */
  mayReturn({ since, now }: Moment): boolean {
    return this.#losses.some((loss) => loss.since <= now && loss.to >= since);
  }

  /** Returns the states that a loss may bring back now, if one of these steps asks for them, or for what is left when they end. */
  *lost({ value }: State, { since, now }: Moment, left: readonly Step[]): Iterable<State> {
    const losses = this.#losses.filter(({ from, to }) => from <= now && to >= since);
    if (losses.length === 0) return;
    const farthest = Math.min(...losses.map((loss) => loss.since));
    const anyHelps = left.some(
      ({ operation: { kind }, outcome }) => outcome === 'refused' || kind === 'replace' || kind === 'touch',
    );
    const expected = new Set(left.map(({ expects }) => expects));
    for (const { state, at } of this.#states.values()) {
      if (at < farthest || state.value === value) continue;
      const mayEnd = state.end !== this.#never && expected.has(NOTHING);
      if (anyHelps || mayEnd || expected.has(state.value)) yield state;
    }
  }
}
