import { Deadline } from '../gateway/deadline.js';
import { isStoreFailure } from '../gateway/store-failures.js';
import { SessionError } from '../lib/errors.js';
import { jsonCopy } from '../lib/json-copy.js';
import { isGone, sessionGone } from '../lib/session-refusals.js';
import type { Lease } from '../record/renewal.js';
import type { Change } from '../repository/change.js';
import type { LiveSession } from '../repository/session-ref.js';
import type { SessionRepository } from '../repository/session-repository.js';
import type { RefreshSubject } from './refresh-subject.js';
import { failureOf, nothingRenewed, refreshFailed, renewTimedOut } from './renewal-errors.js';
import { nextStep, type RenewalEnd, type Settled, type Step, settle, withLease } from './renewal-step.js';
import { SeenLease } from './seen-lease.js';

/** How long to wait before a value is stored again that the store did not take, in milliseconds. */
const STORE_AGAIN_MS = 200;

/** A value that is fresh, and who made it so. `null` if the session has no such key any more. */
export interface Refreshed {
  readonly value: unknown;
  readonly how: 'renewed' | 'taken_over' | 'waited';
}

/**
 * Makes one value of a session fresh, for all who ask for it in this process. It takes a lease in the record, calls `renew` outside
 * of any lock, and stores the value and gives the lease back in one swap. While another process has the lease, it waits.
 */
export class Flight {
  readonly #repository: SessionRepository;
  readonly #id: string;
  readonly #subject: RefreshSubject;

  constructor(repository: SessionRepository, id: string, subject: RefreshSubject) {
    this.#repository = repository;
    this.#id = id;
    this.#subject = subject;
  }

  /** @param known the request's copy of the session. */
  async run(known: LiveSession): Promise<Refreshed> {
    let seen: SeenLease | null = null;
    let step = await this.#look(known, seen);
    while (step.is === 'leased') {
      if (seen?.holder !== step.lease.holder) seen = new SeenLease(step.lease);
      await seen.pause();
      step = await this.#look(undefined, seen);
    }
    if (step.is === 'failed') throw refreshFailed(this.#subject.key, step.failure);
    if (step.is !== 'taken') return { value: step.is === 'absent' ? null : step.value, how: 'waited' };
    const value = await this.#renew(step.lease, step.value);
    return { value, how: step.isTakenOver ? 'taken_over' : 'renewed' };
  }

  /** Looks at the session, and takes the lease if it is free. */
  async #look(known: LiveSession | undefined, seen: SeenLease | null): Promise<Step> {
    let step: Step = { is: 'absent' };
    const take: Change = (session) => {
      step = nextStep(session, this.#subject, seen, this.#now);
      return step.is === 'taken' ? withLease(session, step.lease) : session;
    };
    const left = await this.#repository.change(this.#id, known, take, this.#repository.newDeadline());
    if (left?.is !== 'live') throw sessionGone();
    return step;
  }

  async #renew(lease: Lease, value: unknown): Promise<unknown> {
    const end = new Deadline(lease.ms);
    const renewed = await this.#callRenew(value);
    const settled = await this.#settle(lease, renewed, end);
    if (renewed.is === 'failed' && settled === undefined) throw refreshFailed(lease.key, renewed.failure);
    return settled;
  }

  async #callRenew(value: unknown): Promise<RenewalEnd> {
    const { key, timeoutMs } = this.#subject;
    const { refreshHooks } = this.#repository.context;
    const controller = new AbortController();
    const run = () => this.#subject.renew(value, controller.signal);
    const timeOut = () => {
      const error = renewTimedOut();
      controller.abort(error);
      return error;
    };
    try {
      const work = refreshHooks ? refreshHooks.aroundRenew({ key, run, timeOut }) : run();
      const renewed = jsonCopy(await new Deadline(timeoutMs).limit(work, timeOut), key);
      if (renewed === undefined) throw nothingRenewed();
      return { is: 'renewed', value: renewed };
    } catch (error) {
      return { is: 'failed', failure: failureOf(error, value) };
    }
  }

  /** Stores how the renewal ended. Returns the value that is fresh now; undefined if none is. */
  async #settle(lease: Lease, renewed: RenewalEnd, end: Deadline): Promise<unknown> {
    let settled: Settled | undefined;
    const change: Change = (session) => {
      settled = settle(session, this.#subject, lease, renewed, this.#now);
      return settled.session;
    };
    try {
      const left = await this.#store(change, end);
      if (!left) throw sessionGone();
      // A session that has moved on may have another's value by now: this caller knows the old ID alone.
      return left.id === null && renewed.is === 'renewed' ? renewed.value : settled?.value;
    } catch (error) {
      if (isGone(error)) throw error;
      if (renewed.is === 'failed') return undefined;
      if (isStoreFailure(error)) throw error;
      // It cannot be stored, for example because it is too large.
      const failure = failureOf(error, renewed.value);
      await this.#settle(lease, { is: 'failed', failure }, end);
      throw refreshFailed(lease.key, failure);
    }
  }

  /** Stores a change. The provider has taken the old value back, so while there is time it is tried again if the store fails. */
  async #store(change: Change, end: Deadline): ReturnType<SessionRepository['changeWhereverItIs']> {
    for (;;) {
      try {
        return await this.#repository.changeWhereverItIs(this.#id, change, this.#repository.newDeadline());
      } catch (error) {
        const isPassing =
          isStoreFailure(error) || (SessionError.is(error) && error.code === 'ERR_SESSION_CONFLICT');
        if (!isPassing || end.passed) throw error;
        await new Promise((resolve) => setTimeout(resolve, STORE_AGAIN_MS));
      }
    }
  }

  get #now(): number {
    return this.#repository.context.clock.now();
  }
}
