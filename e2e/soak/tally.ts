import type { StoreName } from './job.js';
import type { Verdict } from './judge.js';
import type { Run } from './run.js';

/** What all rounds of a store came to. */
export class Tally {
  readonly store: StoreName;
  readonly failures: string[] = [];
  #rounds = 0;
  #operations = 0;
  #refused = 0;
  #unknown = 0;
  #sessions = 0;
  #losses = 0;
  #seconds = 0;
  readonly #faults = new Map<string, number>();

  constructor(store: StoreName) {
    this.store = store;
  }

  get operations(): number {
    return this.#operations;
  }

  add({ journals, faults, seconds }: Run, verdict: Verdict): void {
    const lines = journals.flat();
    const calls = lines.filter(({ is }) => is === 'call').length;
    const returns = lines.filter((line) => line.is === 'return');
    this.#rounds += 1;
    this.#operations += calls;
    this.#refused += returns.filter(({ outcome }) => outcome === 'refused').length;
    this.#unknown += returns.filter(({ outcome }) => outcome === 'unknown').length + calls - returns.length;
    this.#sessions += verdict.sessions;
    this.#losses += verdict.losses;
    this.#seconds += seconds;
    for (const { name } of faults) this.#faults.set(name, (this.#faults.get(name) ?? 0) + 1);
    this.failures.push(...verdict.failures);
  }

  static readonly columns = [
    '',
    'operations',
    'refused',
    'unknown',
    'sessions',
    'faults',
    'lost by a failover',
    'broken',
    's',
  ] as const;

  get row(): string[] {
    const faults = [...this.#faults.values()].reduce((sum, count) => sum + count, 0);
    const counts = [this.#operations, this.#refused, this.#unknown, this.#sessions, faults, this.#losses];
    const last = [this.failures.length, Math.round(this.#seconds)];
    return [this.store, ...[...counts, ...last].map((count) => count.toLocaleString('en'))];
  }

  /** Which faults there were, and how often. */
  get faults(): string {
    return [...this.#faults].map(([name, count]) => `${name} ${count}`).join(', ');
  }
}
