import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endProcess } from '../stores/servers/processes.js';
import type { Fault } from './faults.js';
import { type AppKind, type Bug, type FromProcess, type Shared, SLOTS, type ToProcess } from './job.js';
import { type Line, readJournal } from './journal.js';
import type { Place } from './places.js';
import type { Random } from './random.js';

const CLIENTS = 16;
/** What a process may take to end what it has begun, and to read all sessions at the end. */
const END_LIMIT_MS = 60_000;

export interface CrewOptions {
  readonly seed: string;
  readonly app: AppKind;
  /** The bundle of process.ts. */
  readonly program: string;
  /** Where the journals are. */
  readonly folder: string;
  readonly bug?: Bug;
}

/** The processes that use the sessions of one store. They can be killed and paused. */
export class Crew {
  done = 0;
  readonly #place: Place;
  readonly #options: CrewOptions;
  readonly #slots: (Shared | null)[] = Array.from({ length: SLOTS }, () => null);
  readonly #journals: string[] = [];
  readonly #members: ChildProcess[] = [];
  #started = 0;

  constructor(place: Place, options: CrewOptions) {
    this.#place = place;
    this.#options = options;
  }

  async start(): Promise<void> {
    const { processes } = this.#place;
    await this.#add();
    await Promise.all(Array.from({ length: processes - 1 }, () => this.#add()));
  }

  /** What may happen to one of them. */
  get faults(): Fault[] {
    const paused: Fault = {
      name: 'process paused',
      mayLose: false,
      run: async (random) => {
        const child = random.of(this.#members);
        child.kill('SIGSTOP');
        await new Promise((resolve) => setTimeout(resolve, 300 + random.below(1500)));
        child.kill('SIGCONT');
      },
    };
    const killed: Fault = { name: 'process killed', mayLose: false, run: (random) => this.#replace(random) };
    return this.#place.isShared ? [killed, paused] : [paused];
  }

  /** Ends them, after each has read all sessions once more. Returns what they wrote down. */
  async end(): Promise<Line[][]> {
    await Promise.all(
      this.#members.map(async (child) => {
        if (child.exitCode !== null) throw new Error(`A process has ended with code ${child.exitCode}.`);
        const gone = once(child, 'exit');
        send(child, { stop: true });
        const timer = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
        await gone;
        clearTimeout(timer);
      }),
    );
    return this.#journals.map(readJournal);
  }

  async kill(): Promise<void> {
    await Promise.all(this.#members.map((child) => endProcess(child)));
  }

  async #add(): Promise<void> {
    const { child, ready } = this.#join();
    this.#members.push(child);
    await ready;
  }

  async #replace(random: Random): Promise<void> {
    const index = random.below(this.#members.length);
    await endProcess(this.#members[index]);
    const { child, ready } = this.#join();
    this.#members[index] = child;
    await ready;
  }

  /** Starts a process. It hears of all that others put into slots from now on. */
  #join(): { child: ChildProcess; ready: Promise<void> } {
    const name = `p${++this.#started}`;
    const { program, folder, seed, app, bug } = this.#options;
    const { target, processes, node } = this.#place;
    const journal = join(folder, `${name}.jsonl`);
    this.#journals.push(journal);
    const child = fork(program, { execPath: node, execArgv: ['--no-warnings'] });
    const prepares = this.#started === 1;
    const clients = CLIENTS / processes;
    const slots = [...this.#slots];
    const job = {
      target,
      app,
      seed,
      name,
      clients,
      journal,
      slots,
      prepares,
      ...(bug && { bug }),
    };
    send(child, { job });
    const ready = new Promise<void>((resolve, reject) => {
      child.once('exit', (code) =>
        reject(new Error(`A process ended before it was ready, with code ${code}.`)),
      );
      child.on('message', (message: FromProcess) => {
        if ('ready' in message) resolve();
        else this.#take(child, message);
      });
    });
    return { child, ready };
  }

  #take(from: ChildProcess, message: Exclude<FromProcess, { ready: true }>): void {
    if ('done' in message) {
      this.done += message.done;
      return;
    }
    this.#slots[message.slot] = message.shared;
    for (const child of this.#members) if (child !== from) send(child, message);
  }
}

/** A process that was just killed takes no messages. */
function send(child: ChildProcess, message: ToProcess): void {
  if (child.connected) child.send(message, () => {});
}
