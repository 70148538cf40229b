import { SessionError } from '../../src/lib/errors.js';
import { type Moment, PastStates } from './past-states.js';
import { ANYTHING, after, EMPTY, isOver, NOTHING, onlySees, type State, type Step } from './register.js';
import type { Steps } from './steps.js';
import { type World, Worlds, withMore, withoutOne } from './worlds.js';

/** How many worlds are searched for one answer at most: some seconds of work. */
const MAX_WORLDS = 200_000;

/** A step that is possible in no world, with the values that the register may have held then. */
export interface Impossible {
  readonly step: Step;
  readonly possible: readonly number[];
}

/**
 * Searches an order of the steps that explains all answers, where each step happens at one moment between call and answer.
 *
 * The algorithm is the just-in-time linearization of Gavin Lowe ("Testing for linearizability", 2017), on the search
 * of Wing and Gong (1993): it goes through calls and answers by their time, keeps all worlds that are possible so far, and lets a
 * step happen only when its answer, or that of a later step, asks for it. Worlds that hold the same and have done the same are
 * one. So the work grows with how many calls run at once, and not with the length of the history.
 */
export class Search {
  readonly #steps: Steps;
  readonly #pending = new Map<number, Step>();
  /** How many steps that write a value are still to happen in some world, by the value. */
  readonly #writers = new Map<number, number>();
  /** How many steps still have to see a value, by the value. */
  readonly #observers = new Map<number, number>();
  readonly #past: PastStates;
  /** The values that some step expects. */
  readonly #seen: ReadonlySet<number | undefined>;
  /** Whether a value that no step expects can explain nothing: no step asks for just any value, or for any other. */
  readonly #areUnseenUseless: boolean;
  #worlds: Worlds;
  #moment: Moment = { since: Number.NEGATIVE_INFINITY, now: Number.NEGATIVE_INFINITY };

  /** @param looksAhead whether a world ends as soon as a later step becomes impossible in it. So there are fewer worlds. */
  constructor(steps: Steps, start: State = EMPTY, looksAhead = true) {
    this.#steps = steps;
    const first: World = { ...start, passed: 0, done: [], unanswered: [], losses: 0 };
    this.#worlds = new Worlds([first]);
    this.#past = new PastStates(steps.losses, steps.ends.never);
    this.#past.add(first, this.#moment.now);
    this.#seen = new Set(steps.list.map(({ expects }) => expects));
    this.#areUnseenUseless = steps.list.every(
      ({ operation: { kind }, outcome }) => outcome !== 'refused' && kind !== 'replace' && kind !== 'touch',
    );
    for (const step of steps.list) {
      add(this.#writers, step.writes, 1);
      if (looksAhead && hasToSee(step)) add(this.#observers, step.expects, 1);
    }
  }

  /** How many losses the history needs. */
  get losses(): number {
    return Math.min(...[...this.#worlds].map(({ losses }) => losses));
  }

  /** Returns the first step that is impossible, or null. */
  run(): Impossible | null {
    const { list } = this.#steps;
    const answered = list.filter(({ returned }) => returned < Number.POSITIVE_INFINITY);
    answered.sort((a, b) => a.returned - b.returned);
    let next = 0;
    for (const step of answered) {
      // A call at the very time of an answer may have come before it.
      for (; (list[next]?.called ?? Number.POSITIVE_INFINITY) <= step.returned; next++) {
        this.#call(list[next] as Step);
      }
      const impossible = this.#answer(step);
      if (impossible) return impossible;
    }
    return null;
  }

  #call(step: Step): void {
    this.#pending.set(step.index, step);
    if (onlySees(step)) this.#worlds = this.#worlds.map((one) => this.#see(one));
  }

  #answer(step: Step): Impossible | null {
    this.#moment = { ...this.#moment, now: step.returned };
    const known = new Worlds(this.#worlds);
    const answered = new Worlds();
    // In this order, worlds come first that have done less, and others need not be looked at. The array grows meanwhile.
    const left = [...known];
    for (const world of left) {
      this.#past.add(world, step.returned);
      if (world.done.includes(step.index)) {
        answered.add({ ...world, done: withoutOne(world.done, step.index) });
        continue;
      }
      for (const next of this.#nexts(world)) {
        const seen = this.#see(next);
        if (known.add(seen)) left.push(seen);
      }
      if (left.length > MAX_WORLDS) throw tooMany(step);
    }
    if (answered.size === 0) return { step, possible: [...new Set(left.map(({ value }) => value))] };
    this.#worlds = answered;
    this.#finish(step);
    if (!onlySees(step)) this.#moment = { ...this.#moment, since: Math.max(this.#moment.since, step.called) };
    this.#forget();
    return null;
  }

  /** Returns the worlds that can come after this one by one step, by a loss, or by the end of the value. */
  *#nexts(world: World): Iterable<World> {
    const { ends } = this.#steps;
    const twins = new Set<string>();
    for (const step of this.#pending.values()) {
      if (hasHappened(step, world)) continue;
      if (step.outcome === 'unknown') {
        // Of several that do the same, the first call can stand for the others.
        const twin = `${step.operation.kind},${step.expects},${step.writes},${step.end}`;
        if (twins.has(twin)) continue;
        twins.add(twin);
      }
      const passed = Math.max(world.passed, step.passed);
      if (isOver(world, passed)) {
        if (!this.#mayLeave(world)) continue;
        yield* this.#take(step, { ...world, ...EMPTY, passed });
      } else {
        yield* this.#take(step, { ...world, passed });
      }
    }
    const earliest = ends.earliest(world.end);
    if (world.value > NOTHING && earliest <= this.#moment.now && this.#mayLeave(world)) {
      const passed = Math.max(world.passed, ends.passedAt(earliest));
      yield { ...world, ...EMPTY, passed };
    }
    const left = [...this.#pending.values()].filter((step) => !hasHappened(step, world));
    for (const state of this.#past.lost(world, this.#moment, left)) {
      yield { ...world, ...state, losses: world.losses + 1 };
    }
  }

  *#take(step: Step, world: World): Iterable<World> {
    const next = after(step, world, this.#steps.ends);
    if (!next) return;
    const hidden = step.operation.kind === 'write' ? this.#hidden(step, world) : [];
    const isUnknown = step.outcome === 'unknown';
    const done = withMore(world.done, isUnknown ? hidden : [step.index, ...hidden]);
    const unanswered = withMore(world.unanswered, isUnknown ? [step.index] : []);
    if (next.value !== world.value && !this.#mayLeave({ ...world, done })) return;
    // What is written after its end is not kept.
    yield { ...world, ...(isOver(next, world.passed) ? EMPTY : next), done, unanswered };
  }

  /**
   * Returns the pending writes that can happen just before a write: nothing would come of them later, for nobody sees what they write,
   * nor that it has ended. Not while a loss may happen: it would have to come after them.
   */
  #hidden(by: Step, { done, passed }: World): number[] {
    if (!this.#areUnseenUseless || this.#past.mayReturn(this.#moment)) return [];
    const hidden: number[] = [];
    for (const step of this.#pending.values()) {
      const { operation, outcome, writes, index } = step;
      if (operation.kind !== 'write' || outcome !== 'ok' || step === by || step.passed > passed) continue;
      const isUnseen =
        !this.#seen.has(writes) && (step.end === this.#steps.ends.never || !this.#seen.has(NOTHING));
      if (isUnseen && !done.includes(index)) hidden.push(index);
    }
    return hidden;
  }

  /** Lets the pending steps happen that only say what this world shows. Nothing is lost by that: they change nothing. */
  #see(world: World): World {
    if (world.value === ANYTHING) return world;
    const seen: number[] = [];
    for (const step of this.#pending.values()) {
      if (!onlySees(step) || step.passed > world.passed || world.done.includes(step.index)) continue;
      if (after(step, world, this.#steps.ends)) seen.push(step.index);
    }
    return { ...world, done: withMore(world.done, seen) };
  }

  /** Returns whether the register may hold another value: no step still has to see this one. */
  #mayLeave({ value, done }: World): boolean {
    if (value <= NOTHING || (this.#writers.get(value) ?? 0) > 0) return true;
    if (this.#past.mayReturn(this.#moment)) return true;
    let left = this.#observers.get(value) ?? 0;
    for (const index of done) {
      const step = this.#pending.get(index);
      if (step && hasToSee(step) && step.expects === value) left--;
    }
    return left <= 0;
  }

  /** The step has happened in all worlds. */
  #finish(step: Step): void {
    this.#pending.delete(step.index);
    add(this.#writers, step.writes, -1);
    if (hasToSee(step)) add(this.#observers, step.expects, -1);
  }

  /** Drops the steps without an answer that have happened in all worlds, and those that cannot happen any more. */
  #forget(): void {
    for (const step of this.#pending.values()) {
      if (step.outcome !== 'unknown') continue;
      const worlds = [...this.#worlds];
      const doneIn = worlds.filter(({ unanswered }) => unanswered.includes(step.index)).length;
      if (doneIn === worlds.length) {
        this.#finish(step);
        this.#worlds = this.#worlds.map((one) => ({
          ...one,
          unanswered: withoutOne(one.unanswered, step.index),
        }));
      } else if (doneIn === 0 && this.#isGone(step.expects, worlds)) {
        this.#finish(step);
      }
    }
  }

  /** Returns whether the register can never hold this value again. */
  #isGone(value: number | undefined, worlds: readonly World[]): boolean {
    if (value === undefined || value === NOTHING || (this.#writers.get(value) ?? 0) > 0) return false;
    if (this.#past.mayReturn(this.#moment)) return false;
    return worlds.every((world) => world.value !== value && world.value !== ANYTHING);
  }
}

function hasHappened({ index, outcome }: Step, { done, unanswered }: World): boolean {
  return (outcome === 'unknown' ? unanswered : done).includes(index);
}

function hasToSee(step: Step): step is Step & { readonly expects: number } {
  return step.outcome === 'ok' && step.expects !== undefined;
}

function add(counts: Map<number, number>, value: number, count: number): void {
  counts.set(value, (counts.get(value) ?? 0) + count);
}

function tooMany({ operation }: Step): SessionError {
  return new SessionError(
    'ERR_SESSION_TESTING',
    `checkHistory: the operations that ran at once with the one called at ${operation.called} can have happened in too many ways. ` +
      'Give each write a value that no other write has, record more reads, or let fewer operations run at once.',
  );
}
