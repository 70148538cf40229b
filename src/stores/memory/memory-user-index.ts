/** How many entries are looked at for each that is added. */
const SWEEP_STEP = 2;

/** Which sessions are whose, in memory. It forgets a session by itself when its record goes, or its time is over. */
export class MemoryUserIndex {
  /** Until when each session is noted, by user. */
  readonly #sessions = new Map<string, Map<string, number>>();
  /** The users that a session is noted with: nearly always one. */
  readonly #users = new Map<string, Set<string>>();
  /** Where the sweep goes on. */
  #cursor = this[Symbol.iterator]();

  add(user: string, id: string, until: number, now: number): void {
    this.#sweep(now);
    const noted = this.#sessions.get(user) ?? new Map<string, number>();
    this.#sessions.set(user, noted.set(id, Math.max(until, noted.get(id) ?? 0)));
    const users = this.#users.get(id) ?? new Set();
    this.#users.set(id, users.add(user));
  }

  remove(user: string, id: string): void {
    const noted = this.#sessions.get(user);
    noted?.delete(id);
    if (noted?.size === 0) this.#sessions.delete(user);
    const users = this.#users.get(id);
    users?.delete(user);
    if (users?.size === 0) this.#users.delete(id);
  }

  /** Forgets a session, whose record is gone. */
  removeRecord(id: string): void {
    for (const user of this.#users.get(id) ?? []) this.remove(user, id);
  }

  /** The user's sessions; those whose record was never written are forgotten when their time is over. */
  list(user: string, now: number): string[] {
    for (const [id, until] of this.#sessions.get(user) ?? []) if (until < now) this.remove(user, id);
    return [...(this.#sessions.get(user)?.keys() ?? [])];
  }

  /** All that is noted. */
  *[Symbol.iterator](): Iterator<[user: string, id: string, until: number]> {
    for (const [user, noted] of this.#sessions) for (const [id, until] of noted) yield [user, id, until];
  }

  /** Forgets what was noted and never written: nothing else would. */
  #sweep(now: number): void {
    for (let step = 0; step < SWEEP_STEP; step++) {
      const next = this.#cursor.next();
      if (next.done) {
        this.#cursor = this[Symbol.iterator]();
        return;
      }
      const [user, id, until] = next.value;
      if (until < now) this.remove(user, id);
    }
  }
}
