import type { ResolvedOptions } from '../../src/options/options.js';
import { type ParsedRecord, parseRecord } from '../../src/record/record.js';
import { openPlain } from '../../src/record/record-seal.js';

type Seal = NonNullable<ResolvedOptions['seal']>;

/** Reads the records of a store, with the encryption keys of the sessions that use it. */
export class RecordReader {
  readonly #seals = new Set<Seal>();

  /** Opens records of this session from now on, too. */
  addUser({ seal }: ResolvedOptions): void {
    if (seal) this.#seals.add(seal);
  }

  /** Returns what a record is, alive or not; null for one that cannot be read. */
  parse(raw: unknown, key: string): ParsedRecord | null {
    for (const seal of this.#seals) {
      const opened = seal.open(raw, key);
      if (opened.is === 'open') return parseRecord(opened.record, key);
    }
    const opened = openPlain(raw);
    return opened.is === 'open' ? parseRecord(opened.record, key) : null;
  }
}
