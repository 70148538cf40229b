/** A write of a session by this process. */
export interface KnownWrite {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The request that wrote it; null for a write of the studio. */
  readonly request: number | null;
  /** As JSON. */
  readonly record: string;
}

const MAX_WRITES = 20;
/** Letters of one session. */
const MAX_LENGTH = 2_000_000;
/** Letters of all sessions together. */
const MAX_TOTAL_LENGTH = 20_000_000;

/** The last writes of the sessions that this process has seen. */
export class WriteHistory {
  /** By session, that which was written last at the end. */
  readonly #writes = new Map<string, readonly KnownWrite[]>();
  #length = 0;

  add(handle: string, write: KnownWrite): void {
    let kept = [...(this.#writes.get(handle) ?? []), write].slice(-MAX_WRITES);
    while (sum(kept) > MAX_LENGTH) kept = kept.slice(1);
    this.#set(handle, kept);
    for (const oldest of this.#writes.keys()) {
      if (this.#length <= MAX_TOTAL_LENGTH) break;
      this.forget(oldest);
    }
  }

  /** Returns the last writes of a session, the oldest first. */
  of(handle: string): readonly KnownWrite[] {
    return this.#writes.get(handle) ?? [];
  }

  forget(handle: string): void {
    this.#set(handle, []);
  }

  #set(handle: string, writes: readonly KnownWrite[]): void {
    this.#length += sum(writes) - sum(this.#writes.get(handle) ?? []);
    this.#writes.delete(handle);
    if (writes.length > 0) this.#writes.set(handle, writes);
  }
}

function sum(writes: readonly KnownWrite[]): number {
  return writes.reduce((total, { record }) => total + record.length, 0);
}
