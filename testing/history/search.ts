import { SessionError } from '../../src/lib/errors.js';
import { ANYTHING, after, EMPTY, isOver, NOTHING, onlySees, type State, type Step } from './register.js';
import type { Steps } from './steps.js';

/** More worlds than this are not searched: some minutes of work. */
const MAX_WORLDS = 200_000;

/** One way in which all may have happened so far. */
interface World extends State {
  /** How many ends have surely passed by the last step. */
  readonly passed: number;
  /** The steps that have happened although their answer is still to come, by their numbers, in order. */
  readonly done: readonly number[];
  readonly losses: number;
}

/** All worlds that are possible, the ones with the fewest losses. */
type Worlds = Map<string, World>;

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
  /** When each state was last possible. Only where something may be lost. */
  readonly #held = new Map<string, { state: State; at: number }>();
  #worlds: Worlds;
  /** The latest call among the steps that have their answer: now is after it. */
  #lastCall = Number.NEGATIVE_INFINITY;

  constructor(steps: Steps, start: State = EMPTY) {
    this.#steps = steps;
    const first: World = { ...start, passed: 0, done: [], losses: 0 };
    this.#worlds = new Map([['', first]]);
    this.#hold(first, Number.NEGATIVE_INFINITY);
    for (const { writes } of steps.list) this.#writers.set(writes, (this.#writers.get(writes) ?? 0) + 1);
  }

  /** How many losses the history needs. */
  get losses(): number {
    return Math.min(...[...this.#worlds.values()].map(({ losses }) => losses));
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
    if (onlySees(step)) this.#worlds = this.#merge([...this.#worlds.values()].map((one) => this.#see(one)));
  }

  #answer(step: Step): Impossible | null {
    const left: World[] = [...this.#worlds.values()];
    const known = new Map<string, number>();
    const worlds: World[] = [];
    // A stack and no recursion: many steps may happen before one answer.
    for (let world = left.pop(); world; world = left.pop()) {
      const name = nameOf(world);
      if ((known.get(name) ?? Number.POSITIVE_INFINITY) <= world.losses) continue;
      known.set(name, world.losses);
      if (known.size > MAX_WORLDS) throw tooMany(step);
      this.#hold(world, step.returned);
      if (world.done.includes(step.index)) {
        worlds.push({ ...world, done: world.done.filter((index) => index !== step.index) });
      } else {
        for (const next of this.#nexts(world, step.returned)) left.push(this.#see(next));
      }
    }
    if (worlds.length === 0) {
      const values = [...known.keys()].map((name) => Number(name.slice(0, name.indexOf(','))));
      return { step, possible: [...new Set(values)] };
    }
    this.#worlds = this.#merge(worlds);
    this.#finish(step);
    this.#lastCall = Math.max(this.#lastCall, step.called);
    this.#forget(step.returned);
    return null;
  }

  /** Returns the worlds that can come after this one by one step, by a loss, or by the end of the value. */
  *#nexts(world: World, now: number): Iterable<World> {
    const { ends } = this.#steps;
    const twins = new Set<string>();
    for (const step of this.#pending.values()) {
      if (world.done.includes(step.index)) continue;
      if (step.outcome === 'unknown') {
        // Of several that do the same, the first call can stand for the others.
        const twin = `${step.operation.kind},${step.expects},${step.writes},${step.end}`;
        if (twins.has(twin)) continue;
        twins.add(twin);
      }
      const passed = Math.max(world.passed, step.passed);
      if (isOver(world, passed)) {
        if (!this.#mayLeave(world, now)) continue;
        yield* this.#take(step, { ...world, ...EMPTY, passed }, now);
      } else {
        yield* this.#take(step, { ...world, passed }, now);
      }
    }
    const earliest = ends.earliest(world.end);
    if (world.value > NOTHING && earliest <= now && this.#mayLeave(world, now)) {
      const passed = Math.max(world.passed, ends.passedAt(earliest));
      yield { ...world, ...EMPTY, passed };
    }
    yield* this.#lost(world, now);
  }

  *#take(step: Step, world: World, now: number): Iterable<World> {
    const next = after(step, world, this.#steps.ends);
    if (!next) return;
    const done = [...world.done, step.index].sort((a, b) => a - b);
    if (next.value !== world.value && !this.#mayLeave({ ...world, done }, now)) return;
    // What is written after its end is not kept.
    yield { ...world, ...(isOver(next, world.passed) ? EMPTY : next), done };
  }

  /** Lets the pending steps happen that only say what this world shows. Nothing is lost by that: they change nothing. */
  #see(world: World): World {
    if (world.value === ANYTHING) return world;
    const seen: number[] = [];
    for (const step of this.#pending.values()) {
      if (!onlySees(step) || step.passed > world.passed || world.done.includes(step.index)) continue;
      if (after(step, world, this.#steps.ends)) seen.push(step.index);
    }
    return seen.length === 0 ? world : { ...world, done: [...world.done, ...seen].sort((a, b) => a - b) };
  }

  /** Returns whether the register may hold another value: no pending step still has to see this one. */
  #mayLeave({ value, done }: World, now: number): boolean {
    if (value <= NOTHING || (this.#writers.get(value) ?? 0) > 0) return true;
    if (this.#steps.losses.some((loss) => loss.since <= now && loss.to >= this.#lastCall)) return true;
    for (const step of this.#pending.values()) {
      if (step.outcome === 'ok' && step.expects === value && !done.includes(step.index)) return false;
    }
    return true;
  }

  *#lost(world: World, now: number): Iterable<World> {
    const losses = this.#steps.losses.filter(({ from, to }) => from <= now && to >= this.#lastCall);
    if (losses.length === 0) return;
    const since = Math.min(...losses.map((loss) => loss.since));
    const left = [...this.#pending.values()].filter(({ index }) => !world.done.includes(index));
    const anyHelps = left.some(
      ({ operation: { kind }, outcome }) => outcome === 'refused' || kind === 'replace' || kind === 'touch',
    );
    const expected = new Set(left.map(({ expects }) => expects));
    for (const { state, at } of this.#held.values()) {
      if (at < since || state.value === world.value) continue;
      if (anyHelps || expected.has(state.value)) yield { ...world, ...state, losses: world.losses + 1 };
    }
  }

  #hold({ value, end }: World, at: number): void {
    if (this.#steps.losses.length > 0) this.#held.set(`${value},${end}`, { state: { value, end }, at });
  }

  #merge(worlds: readonly World[]): Worlds {
    const merged: Worlds = new Map();
    for (const world of worlds) {
      const name = nameOf(world);
      const known = merged.get(name);
      if (!known || world.losses < known.losses) merged.set(name, world);
    }
    return merged;
  }

  /** The step has happened in all worlds. */
  #finish({ index, writes }: Step): void {
    this.#pending.delete(index);
    this.#writers.set(writes, (this.#writers.get(writes) ?? 0) - 1);
  }

  /** Drops the steps without an answer that have happened in all worlds, and those that cannot happen any more. */
  #forget(now: number): void {
    for (const step of this.#pending.values()) {
      if (step.outcome !== 'unknown') continue;
      const worlds = [...this.#worlds.values()];
      const doneIn = worlds.filter(({ done }) => done.includes(step.index)).length;
      if (doneIn === worlds.length) {
        this.#finish(step);
        this.#worlds = this.#merge(
          worlds.map((one) => ({ ...one, done: one.done.filter((index) => index !== step.index) })),
        );
      } else if (doneIn === 0 && this.#isGone(step.expects, worlds, now)) {
        this.#finish(step);
      }
    }
  }

  /** Returns whether the register can never hold this value again. */
  #isGone(value: number | undefined, worlds: readonly World[], now: number): boolean {
    if (value === undefined || value === NOTHING || (this.#writers.get(value) ?? 0) > 0) return false;
    if (this.#steps.losses.some(({ to }) => to >= now)) return false;
    return worlds.every((world) => world.value !== value && world.value !== ANYTHING);
  }
}

function nameOf({ value, end, passed, done }: World): string {
  return `${value},${end},${passed},${done.join()}`;
}

function tooMany({ operation }: Step): SessionError {
  return new SessionError(
    'ERR_SESSION_TESTING',
    `checkHistory: the operations that ran at once with the one called at ${operation.called} can have happened in too many ways. ` +
      'Give each write a value that no other write has, record more reads, or let fewer operations run at once.',
  );
}
