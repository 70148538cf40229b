import { jsonBytes } from '../../src/record/record-size.js';
import type { SessionRecord } from '../../src/store-contract/store.js';

/** A write of a session by this process. */
export interface KnownWrite {
  /** Epoch milliseconds. */
  readonly at: number;
  /** The request that wrote it; null for a write of the studio. */
  readonly request: number | null;
  readonly record: SessionRecord;
}

interface SizedWrite {
  readonly write: KnownWrite;
  readonly bytes: number;
}

const MAX_WRITES = 20;
/** Of one session, as JSON. */
const MAX_BYTES = 2_000_000;
/** Of all sessions together. */
const MAX_TOTAL_BYTES = 20_000_000;

/** The last writes of the sessions that this process has seen. */
export class WriteHistory {
  /** By session, that which was written last at the end. */
  readonly #writes = new Map<string, readonly SizedWrite[]>();
  #bytes = 0;

  add(handle: string, write: KnownWrite): void {
    const added = { write, bytes: jsonBytes(write.record) };
    let kept = [...(this.#writes.get(handle) ?? []), added].slice(-MAX_WRITES);
    while (sum(kept) > MAX_BYTES) kept = kept.slice(1);
    this.#set(handle, kept);
    for (const oldest of this.#writes.keys()) {
      if (this.#bytes <= MAX_TOTAL_BYTES) break;
      this.forget(oldest);
    }
  }

  /** Returns the last writes of a session, the oldest first. */
  of(handle: string): readonly KnownWrite[] {
    return this.#writes.get(handle)?.map(({ write }) => write) ?? [];
  }

  forget(handle: string): void {
    this.#set(handle, []);
  }

  #set(handle: string, writes: readonly SizedWrite[]): void {
    this.#bytes += sum(writes) - sum(this.#writes.get(handle) ?? []);
    this.#writes.delete(handle);
    if (writes.length > 0) this.#writes.set(handle, writes);
  }
}

function sum(writes: readonly SizedWrite[]): number {
  return writes.reduce((total, { bytes }) => total + bytes, 0);
}
