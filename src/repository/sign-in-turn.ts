import type { Operation } from '../gateway/operation.js';
import type { ResolvedOptions } from '../options/options.js';
import { type HeldLease, UserLease } from './user-lease.js';

/**
 * The turn of a sign-in: a lease for each name of the cookie. While the name changes, servers have other names, or another first
 * one, and take turns all the same.
 */
export class SignInTurn {
  readonly #leases: readonly UserLease[];

  /** @param users the keys of the user, one for each cookie name. */
  constructor(options: ResolvedOptions, operation: Operation, users: readonly string[]) {
    // In one order everywhere, or two sign-ins could wait for each other.
    this.#leases = users.toSorted().map((user) => new UserLease(options, operation, user));
  }

  /** Runs a task alone among the sign-ins of the user in this process. They would only wait for each other in the store. */
  exclusively<T>(task: () => Promise<T>): Promise<T> {
    const [first] = this.#leases;
    return first ? first.exclusively(task) : task();
  }

  /**
   * Takes the turn. Waits for those who have it.
   *
   * @throws ERR_SESSION_CONFLICT if others have it until the deadline.
   */
  async take(): Promise<HeldLease> {
    const held: HeldLease[] = [];
    const giveBack = async () => (await Promise.all(held.map((lease) => lease.giveBack()))).every(Boolean);
    try {
      for (const lease of this.#leases) held.push(await lease.take());
    } catch (error) {
      await giveBack();
      throw error;
    }
    return {
      get isOver() {
        return held.some((lease) => lease.isOver);
      },
      giveBack,
    };
  }
}
