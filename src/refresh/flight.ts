import { isStoreFailure, UnknownOutcome } from '../gateway/store-failures.js';
import { Deadline } from '../lib/deadline.js';
import { SessionError } from '../lib/errors.js';
import { jsonCopy } from '../lib/json-copy.js';
import { isGone, sessionGone } from '../lib/session-refusals.js';
import type { Change } from '../repository/change.js';
import { SeenLease } from '../repository/seen-lease.js';
import type { LiveSession } from '../repository/session-ref.js';
import type { SessionRepository } from '../repository/session-repository.js';
import type { RefreshSubject } from './refresh-subject.js';
import {
  failureOf,
  nothingRenewed,
  refreshFailed,
  refreshTimedOut,
  renewTimedOut,
} from './renewal-errors.js';
import { nextStep, type Step, withLease } from './renewal-step.js';
import { type RenewalEnd, type Settled, settle } from './settle.js';

/** How long a value is stored again that the store does not take, in milliseconds; longer if `renew` may take longer. */
const STORE_FOR_MS = 5000;

/** How long to wait before that, in milliseconds. */
const STORE_AGAIN_MS = 200;

/** A value that is fresh, and who made it so. `null` if the session has no such key any more. */
export interface Refreshed {
  readonly value: unknown;
  readonly how: 'renewed' | 'taken_over' | 'waited';
}

type TakenStep = Step & { is: 'taken' };

/**
 * Makes one value of a session fresh, for all who ask for it in this process. It takes a lease in the record, calls `renew` outside
 * of any lock, and stores the value and gives the lease back in one swap. While another process has the lease, it waits.
 */
export class Flight {
  readonly #repository: SessionRepository;
  readonly #id: string;
  readonly #subject: RefreshSubject;
  readonly #isWanted: () => boolean;
  /** The holders of the leases that this flight has taken. The answer to one may be lost, or late. */
  readonly #own = new Set<string>();

  /** @param isWanted tells whether anybody still waits for it. */
  constructor(repository: SessionRepository, id: string, subject: RefreshSubject, isWanted: () => boolean) {
    this.#repository = repository;
    this.#id = id;
    this.#subject = subject;
    this.#isWanted = isWanted;
  }

  /** @param known the request's copy of the session. */
  async run(known: LiveSession): Promise<Refreshed> {
    let seen: SeenLease | null = null;
    let step = await this.#look(seen, known).catch((error) => {
      // It may have taken the lease all the same.
      if (error instanceof UnknownOutcome) return this.#look(null);
      throw error;
    });
    while (step.is === 'leased' || isLate(step)) {
      if (!this.#isWanted()) throw refreshTimedOut(this.#subject.key);
      if (step.is === 'leased') {
        if (!seen?.is(step.lease)) seen = new SeenLease(step.lease, this.#repository.context.process);
        await seen.pause();
        step = await this.#lookAgain(seen, step);
      } else step = await this.#look(null);
    }
    if (step.is === 'failed') throw refreshFailed(this.#subject.key, step.failure);
    if (step.is !== 'taken') return { value: step.is === 'absent' ? null : step.value, how: 'waited' };
    return { value: await this.#renew(step), how: step.isTakenOver ? 'taken_over' : 'renewed' };
  }

  /** Looks at the session, and takes the lease if it is free. */
  async #look(seen: SeenLease | null, known?: LiveSession): Promise<Step> {
    let step: Step = { is: 'absent' };
    const take: Change = (session) => {
      step = nextStep(session, this.#subject, this.#own, seen, this.#now);
      if (step.is !== 'taken') return session;
      this.#own.add(step.lease.holder);
      return withLease(session, step.lease);
    };
    const left = await this.#repository.change(this.#id, known, take, this.#repository.newDeadline());
    if (left?.is !== 'live') throw sessionGone();
    return step;
  }

  /** Looks again after a pause. A store that fails for a moment is no reason to give up while another has the lease. */
  #lookAgain(seen: SeenLease, before: Step): Promise<Step> {
    return this.#look(seen).catch((error) => {
      if (isStoreFailure(error) && !seen.isOver) return before;
      throw error;
    });
  }

  async #renew(step: TakenStep): Promise<unknown> {
    const { key } = this.#subject;
    const end = await this.#callRenew(step);
    const value = await this.#settle(step, end);
    if (end.is === 'failed' && value === undefined) throw refreshFailed(key, end.failure, end.reason);
    return value;
  }

  async #callRenew(step: TakenStep): Promise<RenewalEnd> {
    const { key } = this.#subject;
    const { value, renewUntil } = step;
    const { refreshHooks } = this.#repository.context;
    const controller = new AbortController();
    const run = () => this.#subject.renew(value, controller.signal);
    const timeOut = () => {
      const error = renewTimedOut();
      controller.abort(error);
      return error;
    };
    const work = refreshHooks ? refreshHooks.aroundRenew({ key, run, timeOut }) : run();
    try {
      return endOf(await renewUntil.limit(work, timeOut), key);
    } catch (error) {
      if (controller.signal.aborted) this.#settleLate(step, work);
      return { is: 'failed', failure: failureOf(error, value) };
    }
  }

  /** Stores what a `renew` returns that pays no heed to its signal: the provider has taken the old value back. */
  #settleLate(step: TakenStep, work: Promise<unknown>): void {
    work
      .then((late) => {
        const end = endOf(late, this.#subject.key);
        return end.is === 'renewed' ? this.#settle(step, end) : undefined;
      })
      .catch(() => {});
  }

  /** Stores how the renewal ended. Returns the value that is fresh now; undefined if none is. */
  async #settle(step: TakenStep, end: RenewalEnd): Promise<unknown> {
    let settled: Settled | undefined;
    const change =
      (hasMoved: boolean): Change =>
      (session) => {
        settled = settle(session, this.#subject, step, end, hasMoved, this.#now);
        return settled.session;
      };
    const own = end.is === 'renewed' ? end.value : undefined;
    try {
      const left = await this.#store(change);
      if (!left) throw sessionGone();
      // A session that has moved on may have another's value by now: this caller knows the old ID alone.
      return left.id === null ? own : settled?.value;
    } catch (error) {
      if (isGone(error)) throw error;
      if (end.is === 'failed') return undefined;
      if (isStoreFailure(error)) throw error;
      // It cannot be stored, for example because it is too large.
      const failure = failureOf(error, end.value);
      await this.#settle(step, { is: 'failed', failure });
      throw refreshFailed(this.#subject.key, failure, error);
    }
  }

  /** Stores a change. The provider has taken the old value back, so it is tried again for a while if the store fails. */
  async #store(change: (hasMoved: boolean) => Change): ReturnType<SessionRepository['changeWhereverItIs']> {
    const until = new Deadline(Math.max(this.#subject.timeoutMs, STORE_FOR_MS));
    for (;;) {
      try {
        return await this.#repository.changeWhereverItIs(this.#id, change, this.#repository.newDeadline());
      } catch (error) {
        const isPassing =
          isStoreFailure(error) || (SessionError.is(error) && error.code === 'ERR_SESSION_CONFLICT');
        if (!isPassing || until.passed) throw error;
        await this.#repository.context.process.pause(STORE_AGAIN_MS);
      }
    }
  }

  get #now(): number {
    return this.#repository.context.clock.now();
  }
}

/** Returns whether the store took so long that others may think the lease is over. */
function isLate(step: Step): step is TakenStep {
  return step.is === 'taken' && step.renewUntil.passed;
}

/** Returns how a call of `renew` ended that returned something. */
function endOf(renewed: unknown, key: string): RenewalEnd {
  try {
    const value = jsonCopy(renewed, key);
    if (value === undefined) throw nothingRenewed();
    return { is: 'renewed', value };
  } catch (reason) {
    return { is: 'failed', failure: failureOf(reason, renewed), reason };
  }
}
