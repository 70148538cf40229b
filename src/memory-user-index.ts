/** Which sessions are whose, in memory. It forgets a session by itself when its record goes. */
export class MemoryUserIndex {
  /** Until when each session is noted, by user. */
  readonly #sessions = new Map<string, Map<string, number>>();
  /** The users that a session is noted with: nearly always one. */
  readonly #users = new Map<string, Set<string>>();

  add(user: string, id: string, until: number): void {
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
  forget(id: string): void {
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
}
