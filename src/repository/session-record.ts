import type { Operation } from '../gateway/operation.js';
import type { ResolvedOptions } from '../options/options.js';
import { lifetimeMs } from '../record/expiry.js';
import { type RecordState, readRecord } from '../record/read-record.js';
import { formatRecord, formatSuperseded, type Session, type Superseded } from '../record/record.js';
import type { RecordCookie, SessionRecord } from '../store-contract/store.js';

/** Decides what a record that the store returned is. */
export function fromRecord(
  { record, leftMs }: { readonly record: unknown; readonly leftMs?: number | undefined },
  key: string,
  { expiry: policy }: ResolvedOptions,
  { open, context }: Operation,
): RecordState {
  const keeper = open.store.expiry ?? 'record';
  return readRecord(record, { key, policy, now: context.clock.now(), keeper, leftMs });
}

/** Returns the record of a session under these options. */
export function toRecord(session: Session, { cookie, expiry }: ResolvedOptions): SessionRecord {
  return formatRecord(session, lifetimeMs(session, expiry), recordCookie(cookie));
}

/** Returns the record of what is left of a session under its old ID. */
export function toSupersededRecord(session: Superseded, { cookie, graceMs }: ResolvedOptions): SessionRecord {
  return formatSuperseded(session, graceMs, recordCookie(cookie));
}

function recordCookie({ httpOnly, path, secure, sameSite, domain }: ResolvedOptions['cookie']): RecordCookie {
  return { httpOnly, path, secure, ...(sameSite && { sameSite }), ...(domain && { domain }) };
}
