/** A record, between the one that was used before it and the one that was used after it. */
interface Entry {
  readonly id: string;
  text: string;
  older: Entry | null;
  newer: Entry | null;
}

/**
 * Records by key, as text, in the order of their last use. Every step takes the same time, however many there are.
 *
 * A Map alone, whose entries are deleted and set again, does not: V8 leaves a gap for each deleted entry, so that finding the
 * oldest one passes thousands of gaps. An iterator that is kept for the sweep holds every earlier table of the Map in memory.
 */
export class RecordsByUse {
  readonly #entries = new Map<string, Entry>();
  #oldest: Entry | null = null;
  #newest: Entry | null = null;
  /** What `nextToCheck` returns next. It moves from newer entries to older ones. */
  #cursor: Entry | null = null;

  get size(): number {
    return this.#entries.size;
  }

  /** The key that was not used for the longest time. */
  get oldest(): string | undefined {
    return this.#oldest?.id;
  }

  /** Returns the text of a record. This does not count as use. */
  peek(id: string): string | undefined {
    return this.#entries.get(id)?.text;
  }

  /** Counts as use of the record, if there is one. */
  use(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry || entry === this.#newest) return;
    this.#unlink(entry);
    this.#append(entry);
  }

  /** Writes a record, which counts as use. */
  set(id: string, text: string): void {
    const known = this.#entries.get(id);
    if (known) {
      known.text = text;
      this.use(id);
      return;
    }
    const entry: Entry = { id, text, older: null, newer: null };
    this.#entries.set(id, entry);
    this.#append(entry);
  }

  delete(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#unlink(entry);
  }

  /**
   * Returns the next record that a sweep should look at, or undefined at the end of a round. The next call then begins a new
   * round.
   *
   * A round goes from the newest record to the oldest one. Use moves a record to the newest end, which the round has left
   * behind. So each round has an end, however often records are used, and passes only those that were used meanwhile.
   */
  nextToCheck(): { readonly id: string; readonly text: string } | undefined {
    const entry = this.#cursor;
    this.#cursor = entry ? entry.older : this.#newest;
    return entry ?? undefined;
  }

  /** Yields each record, the oldest first. */
  *[Symbol.iterator](): Generator<[id: string, text: string]> {
    for (let entry = this.#oldest; entry; entry = entry.newer) yield [entry.id, entry.text];
  }

  #append(entry: Entry): void {
    entry.older = this.#newest;
    if (this.#newest) this.#newest.newer = entry;
    else this.#oldest = entry;
    this.#newest = entry;
  }

  #unlink(entry: Entry): void {
    const { older, newer } = entry;
    if (this.#cursor === entry) this.#cursor = older;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
    entry.older = null;
    entry.newer = null;
  }
}
