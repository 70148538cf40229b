const MAX_KEYS = 10_000;

/** Remembers when something was last done, by key. It keeps the latest of them. */
export class RecentKeys {
  readonly #times = new Map<string, number>();

  /** Returns whether the key was added within the last `ms`. A clock that was set back counts as long ago. */
  has(key: string, now: number, ms: number): boolean {
    const at = this.#times.get(key);
    return at !== undefined && now >= at && now - at < ms;
  }

  add(key: string, now: number): void {
    // At the end, so that the first one is the oldest.
    this.#times.delete(key);
    this.#times.set(key, now);
    if (this.#times.size <= MAX_KEYS) return;
    const [oldest = ''] = this.#times.keys();
    this.#times.delete(oldest);
  }
}
