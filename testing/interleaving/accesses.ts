/**
 * What a step reads and writes of all that handlers share: records, lists of users, the cookies, the clock. Of two steps of which
 * one writes what the other uses, the order matters. Two others can change places, and nobody sees a difference.
 */
export class Accesses {
  /** Whether it writes, by the names of what it uses. */
  readonly #writes = new Map<string, boolean>();

  /** @param names all names of one thing. Two steps use the same thing if they have a name of it in common. */
  read(...names: readonly string[]): void {
    for (const name of names) if (!this.#writes.has(name)) this.#writes.set(name, false);
  }

  write(...names: readonly string[]): void {
    for (const name of names) this.#writes.set(name, true);
  }

  /** The names of what it writes. */
  get written(): readonly string[] {
    return [...this.#writes].flatMap(([name, isWritten]) => (isWritten ? [name] : []));
  }

  dependsOn(other: Accesses): boolean {
    for (const [name, isWritten] of this.#writes) {
      const isWrittenByOther = other.#writes.get(name);
      if (isWrittenByOther !== undefined && (isWritten || isWrittenByOther)) return true;
    }
    return false;
  }
}
