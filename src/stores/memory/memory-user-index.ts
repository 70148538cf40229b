import { CLOCK_SKEW_MS } from '../../record/expiry.js';

/** How many entries each `add` checks for expiry. */
const SWEEP_STEP = 2;

/** The index of each user, in memory. An entry is removed with its record, or when its own time is over. */
export class MemoryUserIndex {
  /** When each entry expires, by user and key. */
  readonly #entries = new Map<string, Map<string, number>>();
  /** The users who have an entry of a session, by key. Nearly always one. */
  readonly #users = new Map<string, Set<string>>();
  /** Where the next sweep continues. */
  #cursor = this[Symbol.iterator]();

  add(user: string, id: string, until: number, now: number): void {
    this.#sweep(now);
    const entries = this.#entries.get(user) ?? new Map<string, number>();
    this.#entries.set(user, entries.set(id, Math.max(until, entries.get(id) ?? 0)));
    const users = this.#users.get(id) ?? new Set();
    this.#users.set(id, users.add(user));
  }

  remove(user: string, id: string): void {
    const entries = this.#entries.get(user);
    entries?.delete(id);
    if (entries?.size === 0) this.#entries.delete(user);
    const users = this.#users.get(id);
    users?.delete(user);
    if (users?.size === 0) this.#users.delete(id);
  }

  /** Removes every entry of a session. */
  removeSession(id: string): void {
    for (const user of this.#users.get(id) ?? []) this.remove(user, id);
  }

  /** Removes the user's entries whose time is over. Returns the session keys of the others. */
  list(user: string, now: number): string[] {
    for (const [id, until] of this.#entries.get(user) ?? [])
      if (until + CLOCK_SKEW_MS < now) this.remove(user, id);
    return [...(this.#entries.get(user)?.keys() ?? [])];
  }

  /** Yields every entry. */
  *[Symbol.iterator](): Iterator<[user: string, id: string, until: number]> {
    for (const [user, entries] of this.#entries) for (const [id, until] of entries) yield [user, id, until];
  }

  /** Removes the expired ones of the next few entries: some have no record, so nothing else removes them. */
  #sweep(now: number): void {
    for (let step = 0; step < SWEEP_STEP; step++) {
      const next = this.#cursor.next();
      if (next.done) {
        this.#cursor = this[Symbol.iterator]();
        return;
      }
      const [user, id, until] = next.value;
      if (until + CLOCK_SKEW_MS < now) this.remove(user, id);
    }
  }
}
