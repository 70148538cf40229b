import { setImmediate, setTimeout } from 'node:timers/promises';
import { misuse } from '../store/misuse.js';
import type { Accesses } from './accesses.js';
import type { Fault, InterleavedProcess } from './interleaved-process.js';
import type { Choice } from './order-tree.js';

/** How long the others wait for a handler that waits for something else, in milliseconds. It may wait for one of them. */
const PATIENCE_MS = 1000;

/** The same, where it has been waited for in vain before. */
const SHORT_PATIENCE_MS = 10;

/** More steps than handlers make that end. */
const MAX_STEPS = 1000;

/** A step, as it was done. */
export interface Step {
  readonly process: InterleavedProcess;
  readonly choice: Choice;
  readonly words: string | null;
  readonly accesses: Accesses;
}

/** Who decides which step comes next. */
export interface Chooser {
  choose(possible: readonly Choice[]): Choice;
  took(choice: Choice, accesses: Accesses): void;
}

/** The marks of calls that fail. */
const MARKS: Readonly<Record<Fault, string>> = { unsent: '!', lost: '?' };

/** Lets processes take turns: one makes its next call and runs up to the one after that, while all others stand still. */
export class Turns {
  readonly #processes: readonly InterleavedProcess[];
  readonly #hasFaults: boolean;
  /** Where a process was waited for in vain, in this order or an earlier one: its letter and the number of its steps. */
  readonly #slow: Set<string>;
  readonly #steps: Step[] = [];
  /** The step that wrote a record last, by its key. */
  readonly #written = new Map<string, number>();
  /** When a process read a record last, by its letter and the key. */
  readonly #readAt = new Map<string, number>();
  #faulty: InterleavedProcess | undefined;

  constructor(processes: readonly InterleavedProcess[], hasFaults: boolean, slow: Set<string>) {
    this.#processes = processes;
    this.#hasFaults = hasFaults;
    this.#slow = slow;
  }

  /** The steps so far. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** The process of which a call failed. */
  get faulty(): InterleavedProcess | undefined {
    return this.#faulty;
  }

  /** Runs all processes to their ends. */
  async run(chooser: Chooser): Promise<void> {
    await this.#arrivals();
    for (let possible = this.#possible(); possible.length > 0; possible = this.#possible()) {
      if (this.#steps.length >= MAX_STEPS)
        throw misuse(
          `forEachInterleaving: the handlers do not end. They have made ${MAX_STEPS} steps. One that asks again until another has ` +
            'done something needs a limit: in one of the orders, that other one comes last.',
        );
      const choice = chooser.choose(possible);
      const process = this.#processes.find(({ letter }) => choice.startsWith(letter)) as InterleavedProcess;
      await this.#take(process, choice);
      await this.#arrivals();
      chooser.took(choice, process.accesses);
    }
  }

  async #take(process: InterleavedProcess, choice: Choice): Promise<void> {
    const fault = (Object.keys(MARKS) as Fault[]).find((fault) => choice.endsWith(MARKS[fault])) ?? null;
    if (fault !== null) this.#faulty = process;
    const reads = process.next?.call.reads;
    const words = await process.takeTurn(fault);
    const { accesses } = process;
    this.#steps.push({ process, choice, words, accesses });
    const now = this.#steps.length;
    for (const name of accesses.written) this.#written.set(name, now);
    if (reads !== undefined) this.#readAt.set(`${process.letter} ${reads}`, now);
  }

  /** Returns the choices there are. */
  #possible(): Choice[] {
    const waiting = this.#processes.filter(({ next }) => next !== undefined);
    const useful = waiting.filter((process) => !this.#asksInVain(process));
    const ready = useful.length > 0 ? useful : waiting;
    return ready.flatMap((process) => [process.letter, ...this.#faultsOf(process)]);
  }

  #faultsOf({ letter, next }: InterleavedProcess): Choice[] {
    const operation = next?.call.operation;
    if (!this.#hasFaults || this.#faulty || operation === undefined) return [];
    const faults: Fault[] = next?.call.reads === undefined ? ['unsent', 'lost'] : ['unsent'];
    return faults.map((fault) => letter + MARKS[fault]);
  }

  /** Returns whether a process has paused to read again what nobody has changed since, neither it nor the clock. */
  #asksInVain({ letter, next }: InterleavedProcess): boolean {
    const reads = next?.call.reads;
    if (!next?.isRetry || reads === undefined) return false;
    const readAt = this.#readAt.get(`${letter} ${reads}`) ?? 0;
    return readAt > Math.max(this.#written.get(reads) ?? 0, this.#written.get('clock') ?? 0);
  }

  /** Waits until each process has come to its next call or its end. */
  async #arrivals(): Promise<void> {
    // All that needs no waiting, such as a second call beside the first, comes before this.
    await setImmediate();
    for (const process of this.#processes) if (process.isBusy) await this.#arrival(process);
  }

  async #arrival(process: InterleavedProcess): Promise<void> {
    const canOthers = this.#processes.some(({ next }) => next !== undefined);
    if (!canOthers) return this.#anyArrival();
    const place = `${process.letter} ${this.#steps.filter((step) => step.process === process).length}`;
    const given = new AbortController();
    const patience = setTimeout(this.#slow.has(place) ? SHORT_PATIENCE_MS : PATIENCE_MS, 'late', {
      signal: given.signal,
    });
    const outcome = await Promise.race([process.arrival(), patience]);
    if (outcome === 'late') this.#slow.add(place);
    else {
      patience.catch(() => {});
      given.abort();
    }
  }

  /** Waits for whichever process comes first: nobody else could go on. */
  async #anyArrival(): Promise<void> {
    await Promise.race(this.#processes.filter(({ isBusy }) => isBusy).map((process) => process.arrival()));
    await this.#arrivals();
  }
}
