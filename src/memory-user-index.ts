/** Which sessions are whose, in memory. It forgets a session by itself when its record goes. */
export class MemoryUserIndex {
  /** When each session was noted, by user. */
  readonly #sessions = new Map<string, Map<string, number>>();
  /** The users that a session is noted with: nearly always one. */
  readonly #users = new Map<string, Set<string>>();

  add(user: string, id: string, now: number): void {
    const noted = this.#sessions.get(user) ?? new Map();
    this.#sessions.set(user, noted.set(id, now));
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

  entries(user: string): [id: string, notedAt: number][] {
    return [...(this.#sessions.get(user) ?? [])];
  }

  /** All that is noted. */
  *[Symbol.iterator](): Iterator<[user: string, id: string, notedAt: number]> {
    for (const [user, noted] of this.#sessions) for (const [id, at] of noted) yield [user, id, at];
  }
}
