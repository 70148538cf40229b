/**
 * The names of records, for the orders of one test to be compared. The key of a session is random, so each order has another one.
 * Therefore a record has a second name: which process used it first, and as its how manyeth. In two orders that begin alike, this
 * is the same record. Keys that are made of something fixed are the same in all orders, and are compared by themselves.
 */
export class RecordNames {
  readonly #places = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** Returns the names of a record that a process uses. */
  of(key: string, process: string): readonly [key: string, place: string] {
    const known = this.#places.get(key);
    if (known !== undefined) return [key, known];
    const count = (this.#counts.get(process) ?? 0) + 1;
    this.#counts.set(process, count);
    const place = `record ${count} of ${process}`;
    this.#places.set(key, place);
    return [key, place];
  }

  /** Returns the number of a record: 1 is the first that was used. */
  numberOf(key: string): number {
    return [...this.#places.keys()].indexOf(key) + 1;
  }
}
