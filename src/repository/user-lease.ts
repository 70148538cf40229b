import type { Operation } from '../gateway/operation.js';
import { Deadline } from '../lib/deadline.js';
import { digest } from '../lib/digest.js';
import { signInConflict } from '../lib/session-refusals.js';
import { unlessLate } from '../lib/unless-late.js';
import type { ResolvedOptions } from '../options/options.js';
import { CLOCK_SKEW_MS } from '../record/expiry.js';
import { newNonce } from '../record/nonce.js';
import type { RecordState } from '../record/read-record.js';
import { BLANK, type Session } from '../record/record.js';
import { type Lease, MAX_LEASE_MS, renewalOf } from '../record/renewal.js';
import { isOver, SeenLease } from './seen-lease.js';
import { SessionRef } from './session-ref.js';

/** What the lease is called in its record. */
const SIGN_IN = 'sign-in';

/** A lease that this process has. */
export interface HeldLease {
  /** Whether its time has passed, so that somebody else may have it. */
  readonly isOver: boolean;
  /**
   * Lets the next one have it. If that fails, they wait until its time has passed. Returns false if somebody else may have had it
   * meanwhile.
   */
  giveBack(): Promise<boolean>;
}

/**
 * The right to sign a user in: one sign-in has it at a time, of all in all processes. It is a record of the store, of a name that no
 * cookie can have, so nobody can open it as a session. It has a lease in it, as the record of a session has whose value is renewed.
 */
export class UserLease {
  readonly #ref: SessionRef<null>;
  /** How long a holder that has died holds up the next sign-in. */
  readonly #ms: number;

  constructor(options: ResolvedOptions, operation: Operation, user: string) {
    this.#ms = Math.min(Math.ceil(options.storeTimeoutMs / 4), MAX_LEASE_MS);
    const expiry = { idleMs: this.#keptMs, absoluteMs: null, touchAfterMs: 0 };
    const nameOf = (name: string) => `${name} ${SIGN_IN}`;
    const own = { ...options, name: nameOf(options.name), names: options.names.map(nameOf), expiry };
    this.#ref = SessionRef.ofKey(own, operation, digest('sha256', `${SIGN_IN}\n${user}`, 'base64url'));
  }

  /** Runs a task alone among the sign-ins of the user in this process. They would only wait for each other in the store. */
  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return this.#ref.exclusively(task);
  }

  /**
   * Takes the lease. Waits for those who have it.
   *
   * @throws ERR_SESSION_CONFLICT if others have it until the deadline.
   */
  async take(): Promise<HeldLease> {
    const { clock, process } = this.#ref.operation.context;
    let seen: SeenLease | null = null;
    for (let expected: string | null = null; ; ) {
      // Counts from before the write: another sign-in counts from when it sees the lease, which is later.
      const end = new Deadline(this.#ms);
      const holder = newNonce();
      const written = await this.#ref.write(expected, this.#leased(holder, clock.now()), true);
      if (written) return this.#held(written.version, end);
      for (;;) {
        const { state, version } = await this.#ref.load();
        if (state.is === 'rejected') {
          // A store need not know the version of what it cannot read, so it may not be able to swap it.
          await this.#ref.delete();
          expected = null;
          break;
        }
        const lease = leaseIn(state);
        // The driver sent the write twice, or its answer was lost.
        if (lease?.holder === holder) return this.#held(version, end);
        expected = version;
        if (this.#ref.operation.deadline.passed) throw signInConflict();
        if (!lease || isOver(lease, seen, clock.now())) break;
        // No longer than an own one, or who can write to the store could lock the user out. A holder who has more time finds out
        // when it gives the lease back.
        const ms = Math.min(lease.ms, this.#ms);
        if (!seen?.is(lease)) seen = new SeenLease({ ...lease, ms }, process);
        await seen.pause();
      }
    }
  }

  /** The store keeps it for longer than it lasts: its end is seen by who waits, because clocks differ. */
  get #keptMs(): number {
    return this.#ms + CLOCK_SKEW_MS;
  }

  #leased(holder: string, now: number): Session {
    const lease: Lease = { is: 'leased', key: SIGN_IN, holder, until: now + this.#ms, ms: this.#ms };
    const dates = { createdAt: now, lastSeenAt: now, expiresAt: now + this.#keptMs };
    return { ...BLANK, ...dates, nonce: holder, renewals: [lease] };
  }

  #held(version: string | null, end: Deadline): HeldLease {
    return {
      get isOver() {
        return end.passed;
      },
      giveBack: async () => {
        const isInTime = !end.passed;
        const isOwn = this.#ref.deleteIfVersion(version).catch(() => true);
        return (await unlessLate(isOwn, true)) && isInTime;
      },
    };
  }
}

function leaseIn(state: RecordState): Lease | null {
  const lease = state.is === 'live' ? renewalOf(state.session.renewals, SIGN_IN) : undefined;
  return lease?.is === 'leased' ? lease : null;
}
