import { AsyncResource } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import type { StoreOperation } from '../../src/events/session-event.js';
import type { RefreshHooks, RenewCall } from '../../src/gateway/request-context.js';
import type { HostProcess } from '../../src/lib/host-process.js';
import { testOverrides } from '../../src/test-seam/test-overrides.js';
import { replyLost, unsent } from '../store/store-faults.js';
import { Accesses } from './accesses.js';

/** How a call of the store fails: it was not sent, or it was done and its reply was lost. */
export type Fault = 'unsent' | 'lost';

/** Something that a handler does alone, while all others stand still. */
export interface StepCall<T = unknown> {
  /** Does it. */
  run(): T | Promise<T>;
  /** Adds what it uses. `result` is undefined if it failed. */
  use(accesses: Accesses, result: T | undefined): void;
  /** Says in a few words what the handler did, for example "wrote". Null for what nobody needs to know. */
  words(result: T): string | null;
  /** The record that it reads, if that is all that it does. */
  readonly reads?: string | undefined;
  /** What it is as a call of the store, if it is one. */
  readonly operation?: StoreOperation | undefined;
}

/** How long a call may still take when the process has gone on without its result, in milliseconds. */
const LATE_MS = 50;

const BY = 'the faults of forEachInterleaving';

/** A step of which the store sees nothing. */
const LOCAL: StepCall = { run: () => {}, use: () => {}, words: () => null };

interface WaitingCall {
  readonly call: StepCall;
  /** Whether the process has waited for something before it makes this call. */
  readonly isRetry: boolean;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/**
 * One handler, as if it had a process for itself. It shares no queue of writers and no renewal with the others. Each of its calls
 * waits until it is its turn.
 */
export class InterleavedProcess implements HostProcess, RefreshHooks {
  readonly letter: string;
  readonly shared = {};
  readonly #waiting: WaitingCall[] = [];
  #accesses = new Accesses();
  #hasPaused = false;
  #skippedMs = 0;
  #isRunning = true;
  #isFree = false;
  #hasBegun = false;
  #tellArrival = () => {};

  constructor(letter: string) {
    this.letter = letter;
  }

  /** Returns the process that the running code belongs to. */
  static current(): InterleavedProcess | undefined {
    const process = testOverrides()?.process;
    return process instanceof InterleavedProcess ? process : undefined;
  }

  /** The call whose turn may be next. */
  get next(): Omit<WaitingCall, 'resolve' | 'reject'> | undefined {
    return this.#waiting[0];
  }

  /** Whether it runs: it has neither ended nor come to its next call. */
  get isBusy(): boolean {
    return this.#isRunning && this.#waiting.length === 0;
  }

  /** What its last step has used so far. */
  get accesses(): Accesses {
    return this.#accesses;
  }

  /** Waits for the turn of this call, then makes it. */
  step<T>(call: StepCall<T>): Promise<T> {
    if (this.#isFree) return Promise.resolve(call.run());
    const isRetry = this.#hasPaused;
    this.#hasPaused = false;
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        // It runs in the request that makes it: renew may ask for the cookies.
        call: { ...call, run: AsyncResource.bind(call.run) } as StepCall,
        isRetry,
        resolve: resolve as WaitingCall['resolve'],
        reject,
      });
      this.#tellArrival();
    });
  }

  /** Makes the call whose turn it is, and returns what to say of it. The handler goes on when this has returned. */
  async takeTurn(fault: Fault | null): Promise<string | null> {
    const { call, resolve, reject } = this.#waiting.shift() as WaitingCall;
    this.#accesses = new Accesses();
    this.#accesses.write(`process ${this.letter}`);
    this.#accesses.read('clock');
    if (fault !== null) this.#accesses.write('fault');
    if (fault === 'unsent') {
      reject(unsent(call.operation as StoreOperation, BY));
      return `could not send its ${call.operation}`;
    }
    try {
      const result = await this.#unlessLate(call.run());
      call.use(this.#accesses, result);
      if (fault === null) resolve(result);
      else reject(replyLost(call.operation as StoreOperation, BY));
      return fault === null ? call.words(result) : `${call.words(result)}, and heard nothing of it`;
    } catch (error) {
      call.use(this.#accesses, undefined);
      reject(error);
      return `failed in its ${call.operation ?? 'renew'}`;
    }
  }

  /** Waits for a call, unless its deadline passes: then the process goes on without it. */
  async #unlessLate<T>(work: T | Promise<T>): Promise<T> {
    if (!this.isBusy) return work;
    let isDone = false;
    const done = Promise.resolve(work).finally(() => {
      isDone = true;
    });
    const late = this.arrival().then(async () => {
      if (!isDone) await setTimeout(LATE_MS, undefined, { ref: false });
      throw new Error('The process has gone on without the result of its call.');
    });
    late.catch(() => {});
    return Promise.race([done, late]);
  }

  /** Waits for the turn of a request. That of the first one is that of the handler. */
  async beginRequest(): Promise<void> {
    if (this.#hasBegun) await this.step(LOCAL);
    this.#hasBegun = true;
  }

  /** Runs a handler to its end. Until its first turn it has not even read the cookies. */
  async handle<T>(handler: () => Promise<T>): Promise<T> {
    try {
      await this.step(LOCAL);
      return await handler();
    } finally {
      this.#isRunning = false;
      this.#tellArrival();
    }
  }

  /** Resolves when it comes to its next call, or ends. */
  arrival(): Promise<void> {
    if (!this.isBusy) return Promise.resolve();
    return new Promise((resolve) => {
      this.#tellArrival = resolve;
    });
  }

  /** Lets what is still to come run by itself. */
  free(): void {
    this.#isFree = true;
  }

  now(): number {
    return performance.now() + this.#skippedMs;
  }

  /** Moves its clock instead of waiting: what it waits for is that another process goes on, or that its time is over. */
  async pause(ms: number): Promise<void> {
    this.#skippedMs += ms;
    this.#hasPaused = true;
  }

  onWait(): void {}

  /** Makes a call of `renew`. The provider is asked by one process after the other. */
  aroundRenew({ key, run }: RenewCall): Promise<unknown> {
    return this.step({
      run,
      use: (accesses) => accesses.write(`renew ${key}`),
      words: () => 'called renew',
    });
  }
}
