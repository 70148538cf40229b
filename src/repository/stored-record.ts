import type { EndReason } from '../events/session-event.js';
import type { ResolvedOptions } from '../options/options.js';
import { lifetimeMs } from '../record/expiry.js';
import { BLANK, formatRecord, type Session } from '../record/record.js';
import { recordTime } from '../record/record-time.js';
import type { Deadline } from '../resilience/deadline.js';
import type { OpenStore, StoreCall, StoreCalls } from '../resilience/store-calls.js';
import { isAtomic, type SessionRecord } from '../store-contract/store.js';
import type { StoreReport } from '../telemetry/store-observation.js';

type Call<T> = Omit<StoreCall<T>, 'id' | 'key' | 'deadline'>;

/** One record's place in the store, during one operation. */
export class StoredRecord {
  /** The session ID, where it is known: telemetry may tell its hash. */
  readonly id: string | null = null;
  /** What the store knows the record by. */
  readonly key: string;
  readonly deadline: Deadline;
  protected readonly options: ResolvedOptions;
  protected readonly calls: StoreCalls;
  readonly open: OpenStore;

  constructor(options: ResolvedOptions, calls: StoreCalls, open: OpenStore, key: string, deadline: Deadline) {
    this.key = key;
    this.deadline = deadline;
    this.options = options;
    this.calls = calls;
    this.open = open;
  }

  /** Whether a write can tell that the record changed since it was read. */
  get isAtomic(): boolean {
    return isAtomic(this.open.store);
  }

  async remove(reason?: EndReason): Promise<void> {
    const run = () => this.open.store.destroy(this.key);
    await this.call({ operation: 'destroy', reason, run, report: done });
  }

  /** Removes the record if it still has this version; whether it had. */
  async retire(version: string | null, reason?: EndReason): Promise<boolean> {
    const { store } = this.open;
    if (!isAtomic(store)) {
      await this.remove(reason);
      return true;
    }
    // A swapped-in record whose expiry has passed is a removal.
    const run = () => store.swap(this.key, version, toRecord({ ...BLANK, expiresAt: 0 }, this.options));
    return (await this.call({ operation: 'destroy', reason, run, report: swapped })) !== null;
  }

  /** Removes what nobody can use any more; whether it worked. A failure leaves a dead record and nothing else. */
  discard(reason?: EndReason): Promise<boolean> {
    return this.remove(reason).then(
      () => true,
      () => false,
    );
  }

  protected call<T>(call: Call<T>): Promise<T> {
    const { id, key, deadline } = this;
    return this.calls.call(this.open, { id, key, deadline, ...call });
  }
}

/** The record of a session under these options. */
export function toRecord(session: Session, { cookie, expiry }: ResolvedOptions): SessionRecord {
  const { httpOnly, path, secure, sameSite, domain } = cookie;
  return formatRecord(session, lifetimeMs(session, expiry), {
    httpOnly,
    path,
    secure,
    ...(sameSite && { sameSite }),
    ...(domain && { domain }),
  });
}

export function done(): StoreReport {
  return { outcome: 'ok' };
}

export function written(_: unknown, record: SessionRecord | undefined): StoreReport {
  if (!record) return { outcome: 'ok' };
  return {
    outcome: 'ok',
    size: Buffer.byteLength(JSON.stringify(record)),
    expiresAt: recordTime(record.cookie?.expires),
  };
}

export function swapped(version: string | null, record: SessionRecord | undefined): StoreReport {
  return version === null ? { outcome: 'conflict' } : written(version, record);
}
